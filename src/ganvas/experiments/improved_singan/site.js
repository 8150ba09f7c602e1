const dialog = document.querySelector("dialog"), large = dialog.querySelector("img"), said = dialog.querySelector("p");
let group = [], at = 0;
const show = (index) => {
  at = (index + group.length) % group.length;
  large.src = group[at].href;
  large.alt = group[at].querySelector("img").alt;
  said.textContent = `${large.alt} (${at + 1} of ${group.length})`;
};
document.addEventListener("click", (event) => {
  const link = event.target.closest("a.zoom");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  const alike = [...document.querySelectorAll("a.zoom")].filter((each) => each.dataset.group === link.dataset.group);
  group = alike.filter((each, index) => alike.findIndex((other) => other.href === each.href) === index);
  show(group.findIndex((each) => each.href === link.href));
  dialog.showModal();
});
dialog.addEventListener("click", (event) => {
  const step = event.target.dataset.step;
  if (step === undefined || step === "0") dialog.close();
  else show(at + Number(step));
});
dialog.addEventListener("keydown", (event) => {
  if (event.key === "ArrowLeft") show(at - 1);
  if (event.key === "ArrowRight") show(at + 1);
});

const range = document.getElementById("times"), said = document.querySelector(".times output");
const stops = range.dataset.stops.split(" ").map(Number);
const films = [...document.querySelectorAll(".film")].map((film) => [...film.children]);
const show = () => {
  const at = stops[range.value];
  said.textContent = at.toLocaleString("en") + " rounds";
  range.setAttribute("aria-valuetext", said.textContent);
  for (const frames of films) {
    const seen = frames.filter((frame) => frame.dataset.at <= at).pop() ?? frames[0];
    for (const frame of frames) frame.hidden = frame !== seen;
  }
};
range.addEventListener("input", show);
show();

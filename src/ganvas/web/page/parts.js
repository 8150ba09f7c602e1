// What the tab of one photo is built from.

/** A new element with `properties` (role is set too) and `children`. */
export function element(tag, properties = {}, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}

/** A set of radio buttons called `name`, of rows [value, title, hint]; the first one is chosen. */
export function choices(name, title, rows) {
  const labels = rows.map(([value, said, hint], index) =>
    element("label", {},
      element("input", { type: "radio", name, value, checked: index === 0 }), said, element("span", { textContent: hint })));
  return element("fieldset", { className: "choices" }, element("legend", { textContent: title }), ...labels);
}

/** A place to drop or choose a picture: {label, input}; the input fires change for either. */
export function fileField(title, small = false) {
  const input = element("input", { type: "file", className: "apart", accept: "image/*,.tif,.tiff,.heic,.heif" });
  const said = element("span", {}, element("b", { textContent: title }), ": choose or drop it here");
  const label = element("label", { className: small ? "drop small" : "drop" }, input, said);
  input.addEventListener("change", () => {
    if (input.files.length) said.textContent = input.files[0].name;
  });
  for (const kind of ["dragenter", "dragover"]) {
    label.addEventListener(kind, (event) => (event.preventDefault(), label.classList.add("over")));
  }
  for (const kind of ["dragleave", "drop"]) label.addEventListener(kind, () => label.classList.remove("over"));
  label.addEventListener("drop", (event) => {
    event.preventDefault();
    if (!event.dataTransfer.files.length) return;
    input.files = event.dataTransfer.files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
  });
  return { label, input };
}

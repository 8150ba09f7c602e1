// What the tabs are built from.

/** A new element with `properties` (role is set too) and `children`. */
export function element(tag, properties = {}, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}

/** Radio buttons called `name`, of rows [value, title, hint]; the first one is chosen. */
export function radios(name, rows) {
  return rows.map(([value, said, hint], index) =>
    element("label", {},
      element("input", { type: "radio", name, value, checked: index === 0 }), said, element("span", { textContent: hint })));
}

/** A set of them. */
export function choices(name, title, rows) {
  return element("fieldset", { className: "choices" }, element("legend", { textContent: title }), ...radios(name, rows));
}

/** Calls `take(files)` with what is dropped on `place`; while something is held over it, `marked` shows that. */
export function dropPlace(place, marked, take) {
  for (const kind of ["dragenter", "dragover"]) place.addEventListener(kind, () => marked.classList.add("over"));
  for (const kind of ["dragleave", "drop"]) place.addEventListener(kind, () => marked.classList.remove("over"));
  place.addEventListener("drop", (event) => take(event.dataTransfer.files));
}

/** A place to drop or choose a picture: {label, input}; the input fires change for either. */
export function fileField(title, small = false) {
  const input = element("input", { type: "file", className: "apart", accept: "image/*,.tif,.tiff,.heic,.heif" });
  const said = element("span", {}, element("b", { textContent: title }), ": choose or drop it here");
  const label = element("label", { className: small ? "drop small" : "drop" }, input, said);
  input.addEventListener("change", () => {
    if (input.files.length) said.textContent = input.files[0].name;
  });
  dropPlace(label, label, (files) => {
    if (!files.length) return;
    input.files = files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
  });
  return { label, input };
}

/** A day and a time of it, as the visitor writes them. */
export function moment(time) {
  return new Date(time).toLocaleString([], { dateStyle: "medium", timeStyle: "short" });
}

export function duration(seconds) {
  return seconds < 90 ? `${Math.round(seconds)} s` : `${Math.round(seconds / 60)} min`;
}

// What can be made of a photo that was learnt: each press of a button adds a picture to those below.

import { choices, element, fileField } from "./parts.js";

const SENT = [
  ["edit", "An edited copy", "parts moved, cut or copied: its seams become natural"],
  ["harmonise", "Something pasted in", "it takes on the look of the photo"],
  ["paint", "A painting", "a few plain colours become a photo like this one"],
];
const SHAPES = { "as the photo": [1, 1], "twice as wide": [2, 1], "twice as large": [2, 2] };
const AT_ONCE = 3;

/** The elements of the workshop for `single`; nothing more is made once `signal` says so. */
export function workshop(single, api, signal) {
  const status = element("p", { className: "soft", role: "status" });
  const fault = element("p", { className: "error", role: "alert" });
  const pictures = element("div", { className: "pictures", role: "group" });
  pictures.setAttribute("aria-label", "What was made");
  const level = element("input", { type: "range", min: 0, max: single.level, value: 0, step: 1 });
  const shape = element("select", {}, ...Object.keys(SHAPES).map((each) => new Option(each)));
  const sent = fileField("The picture", true);
  const kind = element("form", {}, choices("kind", "With a picture of yours", SENT), sent.label);
  let working = false;

  /** Makes `count` pictures by `task`, one after the other; while it works other presses are not heard. */
  async function make(task, title, fields, ending, body, count = 1) {
    if (working) return;
    working = true;
    fault.textContent = "";
    try {
      for (let number = 1; number <= count; number++) {
        status.textContent = `${title} is being made${count > 1 ? ` (${number} of ${count})` : ""} …`;
        const seed = crypto.getRandomValues(new Uint32Array(1))[0];
        const path = `/v1/singles/${single.id}/${task}?${new URLSearchParams({ ...fields, seed })}`;
        const headers = body ? { "Content-Type": "application/octet-stream" } : {};
        show(title, `photo-${task}-${seed}.${ending}`, await api.blob(path, { method: "POST", body, headers, signal }));
      }
      status.textContent = `${title} is ready below.`;
    } catch (error) {
      status.textContent = "";
      if (error.name !== "AbortError") fault.textContent = error.message;
    } finally {
      working = false;
    }
  }

  function show(title, name, blob) {
    const address = URL.createObjectURL(blob);
    const link = element("a", { href: address, download: name, textContent: "Download" });
    link.setAttribute("aria-label", `Download ${name}`);
    pictures.prepend(element("figure", {},
      element("img", { src: address, alt: title }), element("figcaption", {}, `${title} – `, link)));
    signal.addEventListener("abort", () => URL.revokeObjectURL(address), { once: true });
  }

  function sized() {
    const [across, down] = SHAPES[shape.value];
    return across * down === 1 ? {} : { width: across * single.width, height: down * single.height };
  }

  function button(title, press) {
    const made = element("button", { className: "button", type: "button", textContent: title });
    made.addEventListener("click", press);
    return made;
  }

  const freedom = () => ({ start_level: level.value });
  sent.input.addEventListener("change", () => {
    const [task, file] = [new FormData(kind).get("kind"), sent.input.files[0]];
    if (file) make(task, SENT.find(([name]) => name === task)[1], {}, "png", file).then(() => (sent.input.value = ""));
  });
  kind.addEventListener("submit", (event) => event.preventDefault());
  return [
    element("label", {}, "How free: to the left others, to the right nearer to the photo", level),
    element("div", { className: "row" },
      button("Random pictures", () => make("sample", "A random picture", { ...freedom(), ...sized() }, "png", undefined, AT_ONCE)),
      element("label", {}, "of a size ", shape)),
    element("div", { className: "row" },
      button("Animation", () => make("animate", "The animation", freedom(), "gif")),
      button("Enlarge 4×", () => make("enlarge", "The enlargement", { scale: 4 }, "png"))),
    kind, status, fault, pictures,
  ];
}

// The tab that makes a photo better: choose, send, watch, compare, download.

import { enhanced } from "./job.js";
import { dropPlace, element, radios } from "./parts.js";
import { compare, opened } from "./slider.js";

const WORDS = {
  faithful: ["Enlarge", "true to the photo, invents nothing"],
  sharp: ["Enlarge, crisper", "guesses fine texture"],
  restore: ["Enlarge and clean", "takes noise and traces of JPEG away"],
  deblur: ["Deblur", "for a hand that shook a little"],
  dehaze: ["Dehaze", "for mist and haze"],
};
const ENDINGS = { jpeg: "jpg", tiff: "tif" };
const LARGEST_SHOWN = 64e6; // pixels: beyond it a browser may run out of memory

/** What can be asked for, of what the service offers: {name, fields, scales}, where fields are those of a request. */
export function ways({ models, tasks }) {
  const found = new Map();
  for (const model of models.filter(({ task }) => tasks.includes(task))) {
    const name = model.style ?? model.task;
    const fields = model.style ? { task: model.task, style: model.style } : { task: model.task };
    if (!found.has(name)) found.set(name, { name, fields, scales: [] });
    if (model.scale > 1) found.get(name).scales.push(model.scale);
  }
  for (const way of found.values()) way.scales.sort((a, b) => a - b);
  const order = Object.keys(WORDS);
  const place = ({ name }) => (order.includes(name) ? order.indexOf(name) : order.length);
  return [...found.values()].sort((a, b) => place(a) - place(b));
}

/** photo.jpg becomes photo_x4_sharp.jpg or photo_dehaze.jpg, as on the command line. */
export function named(file, { name, scales }, scale, format) {
  const dot = file.lastIndexOf(".");
  const [stem, own] = dot > 0 ? [file.slice(0, dot), file.slice(dot + 1)] : [file, ""];
  const marks = [...(scales.length ? [`x${scale}`] : []), ...(name === "faithful" ? [] : [name])];
  const kept = { jpeg: ["jpg", "jpeg", "jpe"], tiff: ["tif", "tiff"] }[format] ?? [format];
  const ending = kept.includes(own.toLowerCase()) ? own : (ENDINGS[format] ?? format);
  return `${[stem || "photo", ...marks].join("_")}.${ending}`;
}

export function mount(section, api, offer) {
  const find = (selector) => section.querySelector(selector);
  const [form, drop, input, preview, chosen] = ["form", ".drop", ".drop input", ".drop img", "#chosen"].map(find);
  const [fault, progress, go, result] = [".error", ".progress", "#go", "#result"].map(find);
  const offered = ways(offer);
  let photo = null; // {file, address, size}: size is null where the browser cannot show it
  let working = null;

  fill(find("#ways"), "way", offered.map(({ name }, index) => [index, ...(WORDS[name] ?? [name, ""])]));
  for (const format of offer.formats) find("#format").add(new Option(format.toUpperCase().replace("WEBP", "WebP"), format));
  form.addEventListener("change", (event) => event.target.name === "way" && scales());
  scales();

  function way() {
    return offered[new FormData(form).get("way")];
  }

  function scales() {
    const before = new FormData(form).get("scale");
    find("#scales").hidden = !way().scales.length;
    fill(find("#scales"), "scale", way().scales.map((scale) => [scale, `${scale}×`, sizes(scale)]));
    const inputs = [...find("#scales").querySelectorAll("input")];
    for (const each of inputs) each.disabled = !!photo?.size && pixels(each.value) > 1e6 * offer.limits.result_megapixels;
    const wanted = inputs.find((each) => each.value === before && !each.disabled) ?? inputs.find((each) => !each.disabled);
    if (wanted) wanted.checked = true;
    go.disabled = !photo || (inputs.length > 0 && !wanted);
  }

  function pixels(scale) {
    return photo.size[0] * photo.size[1] * scale * scale;
  }

  function sizes(scale) {
    return photo?.size ? `${photo.size[0] * scale} × ${photo.size[1] * scale}` : "";
  }

  async function choose(file) {
    if (!file || working) return;
    if (photo) URL.revokeObjectURL(photo.address);
    photo = null;
    fault.textContent = "";
    result.hidden = true;
    const most = offer.limits.megabytes;
    if (file.size > most * 2 ** 20) {
      fault.textContent = `${file.name} has more than ${most} megabytes, which is the limit here: send a smaller one.`;
      scales();
      return;
    }
    const address = URL.createObjectURL(file);
    const size = await opened(preview, address);
    photo = { file, address, size };
    preview.hidden = !size;
    const facts = size ? `${size[0]} × ${size[1]}, ${bytes(file.size)}` : `${bytes(file.size)}, no preview`;
    chosen.replaceChildren(`${file.name} (${facts}) – `, element("b", { textContent: "choose another" }));
    scales();
  }

  input.addEventListener("change", () => choose(input.files[0]).then(() => (input.value = "")));
  dropPlace(section, drop, (files) => choose(files[0]));
  document.addEventListener("paste", (event) => section.hidden || choose(event.clipboardData.files[0]));

  function tell(sentence, share) {
    const [said, bar] = [find(".progress p"), find("progress")];
    said.textContent = sentence;
    if (share === null) bar.removeAttribute("value");
    else bar.value = share;
  }

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (!photo || working) return;
    working = new AbortController();
    const [asked, data] = [way(), new FormData(form)];
    const fields = { ...asked.fields };
    if (asked.scales.length) fields.scale = data.get("scale");
    if (find("#format").value) fields.format = find("#format").value;
    fault.textContent = "";
    result.hidden = true;
    progress.hidden = false;
    go.disabled = input.disabled = true;
    find(".progress button").focus(); // the button that had it is off now
    try {
      const made = await enhanced(api, photo.file, fields, tell, working.signal);
      end();
      await show(made, named(photo.file.name, asked, fields.scale, made.format), fields.scale ?? 1);
    } catch (error) {
      end();
      if (error.name !== "AbortError") fault.textContent = error.message;
      go.focus();
    }
  });

  find(".progress button").addEventListener("click", () => working?.abort());

  function end() {
    working = null;
    progress.hidden = true;
    go.disabled = input.disabled = false;
  }

  let address = null;

  async function show({ blob, remarks }, name, scale) {
    if (address) URL.revokeObjectURL(address);
    address = URL.createObjectURL(blob);
    const link = find("#download");
    link.href = address;
    link.download = name;
    find("#remarks").replaceChildren(...remarks.map((text) => element("li", { textContent: text })));
    result.hidden = false;
    const size = photo.size && pixels(scale) > LARGEST_SHOWN ? null : await compare(find("#compared"), photo.address, address);
    if (!size) find("#compared").textContent = "Done. It is too large, or of a format that this browser cannot show: download it.";
    find("#facts").textContent = `${name}, ${size ? `${size[0]} × ${size[1]}, ` : ""}${bytes(blob.size)}`;
    result.focus({ preventScroll: true });
    result.scrollIntoView({ block: "nearest" });
  }
}

function fill(set, name, rows) {
  set.replaceChildren(set.querySelector("legend"), ...radios(name, rows));
}

function bytes(count) {
  return count < 2 ** 20 ? `${Math.max(1, Math.round(count / 1024))} KB` : `${(count / 2 ** 20).toFixed(1)} MB`;
}

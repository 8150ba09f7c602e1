// The tab that learns one photo (SinGAN): choose it, watch it grow level by level, then make other pictures of it.

import { pause } from "./api.js";
import { choices, duration, element, fileField, moment } from "./parts.js";
import { workshop } from "./workshop.js";

const SIZES = [
  [64, "64 pixels", "the fastest"],
  [96, "96 pixels", "takes about 4 times as long"],
  [128, "128 pixels", "takes about 8 times as long"],
];
const ROUNDS = [
  [100, "Rough", "100 rounds a level"],
  [400, "Good", "400 rounds a level"],
];
const OVER = ["done", "stopped", "failed"];
const PATIENCE = 60; // seconds for which a service that does not answer is asked again

export async function mount(section, api) {
  const field = fileField("A photo to learn");
  const learn = element("button", { className: "button main", textContent: "Learn this photo", disabled: true });
  const form = element("form", {},
    field.label,
    choices("size", "The longer side, as it is learnt", SIZES),
    choices("rounds", "How thoroughly", ROUNDS),
    element("div", { className: "row" }, learn));
  const fault = element("p", { className: "error", role: "alert" });
  const known = element("div", { className: "list" });
  const shown = element("div", { tabIndex: -1, role: "region", hidden: true });
  shown.setAttribute("aria-label", "The chosen photo");
  section.append(
    element("p", { textContent: "A small net for each size of one photo learns what the photo is made of. Then it makes others like it." }),
    form, fault, shown, element("h2", { textContent: "Photos" }), element("div", { className: "runs" }, known));
  let watching = new AbortController();

  field.input.addEventListener("change", () => (learn.disabled = !field.input.files.length));

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (!field.input.files.length) return;
    attempt(async () => {
      learn.disabled = true;
      try {
        const data = new FormData(form);
        const path = `/v1/singles?${new URLSearchParams({ size: data.get("size"), rounds: data.get("rounds") })}`;
        const headers = { "Content-Type": "application/octet-stream" };
        const single = await api.json(path, { method: "POST", body: field.input.files[0], headers });
        await list();
        open(single);
      } finally {
        learn.disabled = !field.input.files.length;
      }
    });
  });

  async function attempt(work) {
    fault.textContent = "";
    try {
      return await work();
    } catch (error) {
      if (error.name !== "AbortError") fault.textContent = error.message;
    }
  }

  async function list() {
    const { singles } = await api.json("/v1/singles");
    known.replaceChildren(...singles.map((single) => {
      const button = element("button", { className: "button", type: "button", textContent: moment(single.created) },
        element("span", { className: "soft", textContent: summary(single) }));
      button.dataset.id = single.id;
      button.setAttribute("aria-pressed", "false");
      button.addEventListener("click", () => open(single));
      return button;
    }));
    if (!singles.length) known.textContent = "None yet.";
    return singles;
  }

  /** Shows one photo for as long as no other is chosen. */
  function open(single) {
    watching.abort();
    watching = new AbortController();
    const { signal } = watching;
    for (const each of known.children) each.setAttribute("aria-pressed", String(each.dataset.id === single.id));
    shown.replaceChildren();
    shown.hidden = false;
    attempt(async () => {
      const over = OVER.includes(single.state) ? single : await grown(single, signal);
      await finished(over, signal);
    });
  }

  async function grown(single, signal) {
    const bar = element("progress", { max: 1 });
    bar.setAttribute("aria-label", "How far it is");
    const [said, level] = [element("p"), element("p", { className: "soft", role: "status" })];
    const stop = element("button", { className: "button", type: "button", textContent: "Stop here" });
    const picture = element("img", { alt: "A random picture by what is learnt so far", hidden: true });
    shown.replaceChildren(element("div", { className: "progress" }, said, bar, level, stop),
      element("div", { className: "pictures" }, element("figure", {}, picture)));
    stop.addEventListener("click", () => attempt(async () => {
      stop.disabled = true;
      said.textContent = "Stopping: what is learnt by now is kept …";
      await api.json(place(single), { method: "DELETE" });
    }));
    for (let seen = -1, silent = 0; ; ) {
      try {
        single = await api.json(place(single), { signal });
        silent = 0;
        if (OVER.includes(single.state)) return single;
        if (!stop.disabled) said.textContent = progress(single);
        bar.value = single.progress;
        const now = single.levels ? `Level ${single.level + 1} of ${single.levels}` : "";
        if (level.textContent !== now) level.textContent = now; // read aloud, so only when it is news
        if (single.preview && single.progress !== seen) await show(picture, single.preview, signal);
        seen = single.progress;
      } catch (error) {
        if (error.status !== 0 || ++silent > PATIENCE) throw error;
        said.textContent = "The service does not answer: trying again …";
      }
      await pause(1, signal);
    }
  }

  async function show(picture, path, signal) {
    const before = picture.src;
    picture.src = URL.createObjectURL(await api.blob(path, { signal }));
    picture.hidden = false;
    if (before) URL.revokeObjectURL(before);
  }

  async function finished(single, signal) {
    await list();
    for (const each of known.children) each.setAttribute("aria-pressed", String(each.dataset.id === single.id));
    const remove = element("button", { className: "button", type: "button", textContent: "Delete this photo" });
    remove.addEventListener("click", () => attempt(async () => {
      await api.json(place(single), { method: "DELETE" });
      shown.hidden = true;
      await list();
      field.input.focus();
    }));
    const said = element("p", { textContent: summary(single), role: "status" });
    const parts = single.usable ? workshop(single, api, signal) : [];
    if (single.error) said.className = "error";
    const last = element("img", { alt: "A random picture, the last of the training", hidden: true });
    shown.replaceChildren(element("h2", { textContent: "The photo" }), said,
      element("div", { className: "pictures" }, element("figure", {}, last)), ...parts,
      element("div", { className: "row" }, remove));
    if (single.preview) await show(last, single.preview, signal);
  }

  const singles = await list();
  const latest = singles.find(({ state }) => state === "running") ?? singles[0];
  if (latest) open(latest);
}

function place(single) {
  return `/v1/singles/${single.id}`;
}

function summary({ state, level, levels, width, height, error }) {
  if (state === "queued") return "waits for its turn";
  if (state === "running") return "is being learnt";
  if (state === "failed") return `Failed: ${error}.`;
  if (state === "stopped") return levels ? `Stopped in level ${level + 1} of ${levels}.` : "Stopped before it began.";
  return `Learnt at ${width} × ${height} in ${levels} levels.`;
}

function progress({ state, progress: share, seconds_left: left }) {
  if (state === "queued") return "Waiting for its turn …";
  if (!share) return "Starting …";
  const about = left > 3 ? `, about ${duration(left)} to go` : "";
  return `${Math.floor(100 * share)} %${about}`;
}

// The shell: opens the door where a key is needed, and shows one tab at a time.

import { api, key } from "./api.js";
import { mount as mountEnhance } from "./enhance.js";
import { mount as mountRuns } from "./runs.js";

const trouble = document.getElementById("trouble");
const list = document.querySelector('[role="tablist"]');
const tabs = [...list.querySelectorAll('[role="tab"]')];
const panel = (tab) => document.getElementById(tab.getAttribute("aria-controls"));

const mounts = {
  enhance: mountEnhance,
  runs: mountRuns,
  single: async (section) => (await import("./single.js")).mount(section, api),
};
const mounted = new Set();

/** What the service offers, once a visitor has given the key that it may want. */
async function opened() {
  for (;;) {
    try {
      return await api.json("/v1/models");
    } catch (error) {
      if (error.status !== 401) throw error;
      await asked(key.get() ? "This key does not open the service: is it complete?" : "");
    }
  }
}

function asked(sentence) {
  const door = document.getElementById("door");
  const field = document.getElementById("key");
  trouble.textContent = sentence;
  door.hidden = false;
  field.focus();
  return new Promise((resolve) => {
    door.onsubmit = (event) => {
      event.preventDefault();
      key.set(field.value.trim());
      field.value = "";
      door.hidden = true;
      trouble.textContent = "";
      resolve();
    };
  });
}

async function exists(path) {
  try {
    await api.json(path);
    return true;
  } catch {
    return false;
  }
}

function select(tab) {
  for (const each of tabs) {
    each.setAttribute("aria-selected", String(each === tab));
    each.tabIndex = each === tab ? 0 : -1; // one stop for the Tab key, arrows go on from there
    panel(each).hidden = each !== tab;
  }
  const { id } = panel(tab);
  history.replaceState(null, "", `#${id}`);
  if (mounted.has(id)) return;
  mounted.add(id);
  Promise.resolve(mounts[id](panel(tab), api, offer)).catch((error) => (trouble.textContent = error.message));
}

list.addEventListener("click", (event) => {
  const tab = event.target.closest('[role="tab"]');
  if (tab) select(tab);
});

list.addEventListener("keydown", (event) => {
  const shown = tabs.filter((tab) => !tab.hidden);
  const at = shown.indexOf(document.activeElement);
  const next = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: -1 }[event.key];
  if (next === undefined || at < 0) return;
  event.preventDefault();
  const tab = shown.at(next % shown.length);
  tab.focus();
  select(tab);
});

// a photo that is dropped beside its place would else be opened in place of the page
for (const kind of ["dragenter", "dragover", "drop"]) window.addEventListener(kind, (event) => event.preventDefault());

let offer;
try {
  offer = await opened();
  const [runs, single] = await Promise.all([exists("/v1/runs"), exists("/v1/singles")]);
  document.getElementById("tab-runs").hidden = !runs;
  document.getElementById("tab-single").hidden = !single;
  list.hidden = !runs && !single;
  const wanted = tabs.find((tab) => !tab.hidden && `#${panel(tab).id}` === location.hash);
  select(wanted ?? tabs[0]);
} catch (error) {
  trouble.textContent = error.message;
}

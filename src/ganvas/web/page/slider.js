// Two pictures of one subject, one over the other, with a boundary to move and a view to zoom and pan.

const STEP = 2; // percent of the width that an arrow key moves the boundary
const PAN = 60; // pixels that an arrow key moves the view
const CLOSEST = 8; // pixels of the screen for one of the picture

/** The size of what is at `address`, which `image` then shows; null where the browser cannot. */
export async function opened(image, address) {
  image.src = address;
  try {
    await image.decode();
    return [image.naturalWidth, image.naturalHeight];
  } catch {
    return null;
  }
}

/**
 * Shows what is at the addresses `before` and `after` in `root`, and returns the size of `after`: null where the browser
 * cannot show it. Where it cannot show `before`, there is no boundary.
 */
export async function compare(root, before, after) {
  const images = { before: new Image(), after: new Image() };
  const [size, old] = await Promise.all([opened(images.after, after), opened(images.before, before)]);
  if (!size) return null;
  const parts = built(size, images, old !== null);
  root.replaceChildren(parts.view, parts.tools);
  operate(parts, size);
  return size;
}

function element(tag, attributes, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

function built([width, height], images, both) {
  for (const [name, image] of Object.entries(images)) {
    Object.assign(image, { alt: name, draggable: false, width, height });
  }
  const bar = element("div", {
    class: "bar", role: "slider", tabindex: 0, "aria-label": "Boundary of before and after",
    "aria-orientation": "horizontal", "aria-valuemin": 0, "aria-valuemax": 100,
  }, element("span", { "aria-hidden": "true" }, "↔"));
  const over = element("div", { class: "layer" }, images.before);
  const layers = [element("div", { class: "layer" }, images.after), over];
  const tags = ["before", "after"].map((name) => element("span", { class: `tag ${name}`, "aria-hidden": "true" }, name));
  const view = element("div", {
    class: "view", tabindex: 0, role: "group", "aria-label": "The pictures: plus and minus zoom, arrow keys move them",
  }, ...layers, ...tags, bar);
  view.style.setProperty("--ratio", width / height);
  if (!both) for (const part of [over, bar, ...tags]) part.hidden = true;
  const zoomed = element("output", { "aria-label": "Zoom" });
  const button = (label, text) => element("button", { class: "button", type: "button", "aria-label": label }, text);
  const buttons = {
    out: button("Zoom out", "−"), in: button("Zoom in", "+"), fit: button("Show the whole picture", "Fit"),
    one: button("One pixel of the picture for one of the screen", "1:1"),
  };
  return { images, over, bar, view, zoomed, buttons, both, tools: element("div", { class: "row tools" }, ...Object.values(buttons), zoomed) };
}

function operate({ images, over, bar, view, zoomed, buttons, both }, [width, height]) {
  const state = { at: 50, scale: 1, x: 0, y: 0, fitted: true };
  const whole = () => Math.min(view.clientWidth / width, view.clientHeight / height);
  const one = () => 1 / devicePixelRatio;

  function draw() {
    for (const image of Object.values(images)) {
      image.style.transform = `translate(${state.x}px, ${state.y}px) scale(${state.scale})`;
    }
    over.style.clipPath = `inset(0 ${100 - state.at}% 0 0)`;
    bar.style.left = `${state.at}%`;
    bar.setAttribute("aria-valuenow", Math.round(state.at));
    bar.setAttribute("aria-valuetext", `${Math.round(state.at)} % before, the rest after`);
    view.classList.toggle("near", !state.fitted);
    zoomed.textContent = `${Math.round(100 * state.scale * devicePixelRatio)} %`;
  }

  function slide(at) {
    state.at = Math.min(100, Math.max(0, at));
    draw();
  }

  function pan(x, y) {
    const place = (wanted, room, length) => (length <= room ? (room - length) / 2 : Math.min(0, Math.max(room - length, wanted)));
    state.x = place(x, view.clientWidth, width * state.scale);
    state.y = place(y, view.clientHeight, height * state.scale);
    draw();
  }

  /** Zooms so that what is at `x`, `y` of the view stays there. */
  function zoom(scale, x = view.clientWidth / 2, y = view.clientHeight / 2) {
    const next = Math.min(Math.max(scale, whole()), Math.max(CLOSEST * one(), whole()));
    const times = next / state.scale;
    Object.assign(state, { scale: next, fitted: next <= whole() * 1.001 });
    pan(x - (x - state.x) * times, y - (y - state.y) * times);
  }

  const keys = {
    "+": () => zoom(1.5 * state.scale), "=": () => zoom(1.5 * state.scale), "-": () => zoom(state.scale / 1.5),
    0: () => zoom(0), 1: () => zoom(one()),
  };
  const moves = {
    ArrowLeft: () => pan(state.x + PAN, state.y), ArrowRight: () => pan(state.x - PAN, state.y),
    ArrowUp: () => pan(state.x, state.y + PAN), ArrowDown: () => pan(state.x, state.y - PAN),
  };
  const slides = {
    ArrowLeft: () => slide(state.at - STEP), ArrowDown: () => slide(state.at - STEP), ArrowRight: () => slide(state.at + STEP),
    ArrowUp: () => slide(state.at + STEP), PageDown: () => slide(state.at - 5 * STEP), PageUp: () => slide(state.at + 5 * STEP),
    Home: () => slide(0), End: () => slide(100),
  };
  view.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const on = event.target === bar ? { ...keys, ...slides } : state.fitted ? keys : { ...keys, ...moves };
    if (!on[event.key]) return;
    event.preventDefault();
    on[event.key]();
  });
  buttons.in.onclick = keys["+"];
  buttons.out.onclick = keys["-"];
  buttons.fit.onclick = keys[0];
  buttons.one.onclick = keys[1];

  point({ view, bar, both }, state, { slide, pan, zoom, one });
  new ResizeObserver(() => (state.fitted ? zoom(0) : pan(state.x, state.y))).observe(view);
}

/** Mouse, pen and fingers: one moves the boundary, or the pictures where they are zoomed in; two zoom. */
function point({ view, bar, both }, state, { slide, pan, zoom, one }) {
  const down = new Map();
  let sliding = false;
  const place = (event) => {
    const box = view.getBoundingClientRect();
    return [event.clientX - box.left - view.clientLeft, event.clientY - box.top - view.clientTop];
  };
  const apart = ([a, b]) => Math.hypot(a[0] - b[0], a[1] - b[1]);

  view.addEventListener("pointerdown", (event) => {
    view.setPointerCapture(event.pointerId);
    down.set(event.pointerId, place(event));
    sliding = both && down.size === 1 && (state.fitted || bar.contains(event.target));
    if (sliding) slide((100 * place(event)[0]) / view.clientWidth);
  });
  view.addEventListener("pointermove", (event) => {
    if (!down.has(event.pointerId)) return;
    const before = [...down.values()];
    const from = down.get(event.pointerId);
    const to = place(event);
    down.set(event.pointerId, to);
    const now = [...down.values()];
    if (now.length === 2) {
      zoom((state.scale * apart(now)) / Math.max(1, apart(before)), (now[0][0] + now[1][0]) / 2, (now[0][1] + now[1][1]) / 2);
    } else if (sliding) slide((100 * to[0]) / view.clientWidth);
    else pan(state.x + to[0] - from[0], state.y + to[1] - from[1]);
  });
  for (const kind of ["pointerup", "pointercancel"]) view.addEventListener(kind, (event) => down.delete(event.pointerId));
  view.addEventListener("wheel", (event) => {
    if (!event.ctrlKey) return; // a wheel alone is for the page; a pinch on a touchpad comes as one with Ctrl
    event.preventDefault();
    zoom(state.scale * Math.exp(-event.deltaY / 200), ...place(event));
  }, { passive: false });
  view.addEventListener("dblclick", (event) => (state.fitted ? zoom(one(), ...place(event)) : zoom(0)));
}

// The tab that shows runs and their reports.

import { element, moment } from "./parts.js";

export async function mount(section, api) {
  const again = element("button", { className: "button", type: "button", textContent: "Look again" });
  const alone = element("a", { target: "_blank", rel: "noopener", textContent: "Open alone", hidden: true });
  const fault = element("p", { className: "error", role: "alert" });
  const list = element("div", { className: "list" });
  const frame = element("iframe", { hidden: true });
  frame.setAttribute("sandbox", "allow-scripts"); // a report shows itself and reaches nothing of the service
  section.append(element("div", { className: "row" }, again, alone), fault, element("div", { className: "runs" }, list, frame));

  function show(run, button) {
    for (const each of list.children) each.setAttribute("aria-pressed", String(each === button));
    frame.title = `Report of ${run.name}`;
    frame.src = alone.href = api.address(run.report);
    frame.hidden = alone.hidden = false;
    frame.scrollIntoView({ block: "nearest" });
  }

  function drawn(run) {
    const said = [run.recipe ?? "no recipe", moment(run.changed)];
    if (!run.report) said.push("no report yet");
    const button = element("button", { className: "button", type: "button", disabled: !run.report }, run.name,
      element("span", { className: "soft", textContent: said.join(", ") }));
    button.setAttribute("aria-pressed", "false");
    button.addEventListener("click", () => show(run, button));
    return button;
  }

  async function look() {
    fault.textContent = "";
    frame.hidden = alone.hidden = true;
    try {
      const { runs } = await api.json("/v1/runs");
      list.replaceChildren(...runs.map(drawn));
      if (!runs.length) list.textContent = "There is no run yet: ganvas train … --run FOLDER/NAME makes one.";
    } catch (error) {
      fault.textContent = error.message;
    }
  }

  again.addEventListener("click", look);
  await look();
}

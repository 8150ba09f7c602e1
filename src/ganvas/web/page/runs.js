// The tab that shows runs and their reports.

export async function mount(section, api) {
  const head = document.createElement("div");
  head.className = "row";
  const again = Object.assign(document.createElement("button"), { className: "button", type: "button", textContent: "Look again" });
  const alone = Object.assign(document.createElement("a"), { target: "_blank", rel: "noopener", textContent: "Open alone", hidden: true });
  head.append(again, alone);
  const fault = Object.assign(document.createElement("p"), { className: "error", role: "alert" });
  const list = Object.assign(document.createElement("div"), { className: "list" });
  const both = Object.assign(document.createElement("div"), { className: "runs" });
  const frame = document.createElement("iframe");
  frame.setAttribute("sandbox", "allow-scripts"); // a report shows itself and reaches nothing of the service
  frame.hidden = true;
  both.append(list, frame);
  section.append(head, fault, both);

  function show(run, button) {
    for (const each of list.children) each.setAttribute("aria-pressed", String(each === button));
    frame.title = `Report of ${run.name}`;
    frame.src = alone.href = api.address(run.report);
    frame.hidden = alone.hidden = false;
    frame.scrollIntoView({ block: "nearest" });
  }

  function drawn(run) {
    const button = Object.assign(document.createElement("button"), { className: "button", type: "button", disabled: !run.report });
    button.setAttribute("aria-pressed", "false");
    const said = [run.recipe ?? "no recipe", new Date(run.changed).toLocaleString([], { dateStyle: "medium", timeStyle: "short" })];
    if (!run.report) said.push("no report yet");
    button.append(run.name, Object.assign(document.createElement("span"), { className: "soft", textContent: said.join(", ") }));
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

(() => {
  const root = document.documentElement;
  root.classList.add("scripted");

  // What is pointed at is said at once; without this script the browser says it after a moment.
  const tip = document.createElement("div");
  tip.className = "tip";
  tip.hidden = true;
  document.body.append(tip);
  const said = new Map();
  for (const title of document.querySelectorAll("td svg title, .chart g title")) {
    said.set(title.parentNode, title.textContent);
    title.remove();
  }
  for (const chart of document.querySelectorAll(".chart")) {
    const [log, lin] = ["log", "lin"].map((way) => chart.querySelectorAll(`.${way} g`));
    log.forEach((mark, number) => said.has(mark) && said.set(lin[number], said.get(mark)));
  }
  const place = (event) => {
    const wide = tip.offsetWidth, high = tip.offsetHeight;
    tip.style.left = Math.max(4, Math.min(event.clientX + 12, innerWidth - wide - 8)) + "px";
    tip.style.top = (event.clientY + 16 + high > innerHeight ? event.clientY - high - 8 : event.clientY + 16) + "px";
  };
  document.addEventListener("pointermove", (event) => {
    let at = event.target;
    while (at && at.nodeType === 1 && !said.has(at)) at = at.parentNode;
    const text = at && said.get(at);
    tip.hidden = !text;
    if (text) {
      tip.textContent = text;
      place(event);
    }
  });

  // Arms are switched on and off in the section that the switch stands in.
  for (const box of document.querySelectorAll("[data-switch]")) {
    box.addEventListener("change", () => {
      const section = box.closest("section");
      for (const mark of section.querySelectorAll("[data-arm]")) {
        if (mark.dataset.arm === box.dataset.switch) mark.classList.toggle("off", !box.checked);
      }
      for (const other of section.querySelectorAll("[data-switch]")) {
        if (other.dataset.switch === box.dataset.switch) other.checked = box.checked;
      }
    });
  }
  for (const way of document.querySelectorAll(".switch input")) {
    way.addEventListener("change", () => {
      way.closest(".scaling").classList.toggle("linear", way.value === "lin");
    });
  }
})();

"use strict";
// Without scripts the page shows the same, unsorted and with its lines folded.
(() => {
  const root = document.documentElement;
  const press = (button, on) => button.setAttribute("aria-pressed", String(on));
  const toggle = (id, act, start) => {
    const button = document.getElementById(id);
    if (!button) return;
    let on = Boolean(start);
    press(button, on);
    button.addEventListener("click", () => { on = !on; press(button, on); act(on); });
  };

  toggle("theme", (on) => { root.dataset.theme = on ? "dark" : "light"; },
    matchMedia("(prefers-color-scheme: dark)").matches);

  toggle("heat", (byCost) => {
    document.body.classList.toggle("by-cost", byCost);
    for (const cell of document.querySelectorAll("td[data-c]")) {
      cell.dataset.s ??= cell.textContent;
      cell.textContent = byCost ? cell.dataset.c : cell.dataset.s;
    }
    for (const head of document.querySelectorAll(".unit")) {
      head.textContent = byCost ? "cost" : "share";
    }
  });

  const unfold = (more, open) => { more.hidden = open; more.nextElementSibling.hidden = !open; };
  for (const more of document.querySelectorAll(".more")) {
    more.querySelector("button").addEventListener("click", () => unfold(more, true));
  }
  toggle("unfold", (open) => {
    for (const more of document.querySelectorAll(".more")) unfold(more, open);
  });

  // A block is sorted as a whole: its lines stay below it.
  const blocks = (body) => {
    const all = [];
    for (const row of body.rows) {
      if (row.classList.contains("detail") && all.length) all[all.length - 1].push(row);
      else all.push([row]);
    }
    return all;
  };
  for (const table of document.querySelectorAll("table.lines")) {
    const body = table.tBodies[0];
    const asFound = [...body.rows];
    for (const button of table.querySelectorAll("button[data-sort]")) {
      button.addEventListener("click", () => {
        const head = button.closest("th");
        const next = { descending: "ascending", ascending: "none" };
        const order = next[head.getAttribute("aria-sort")] || "descending";
        for (const other of table.querySelectorAll("th[aria-sort]")) other.removeAttribute("aria-sort");
        body.append(...asFound);
        if (order === "none") return;
        head.setAttribute("aria-sort", order);
        const key = (block) => Number(block[0].dataset.k.split(" ")[button.dataset.sort]);
        const sign = order === "descending" ? -1 : 1;
        const sorted = blocks(body).sort((a, b) => sign * (key(a) - key(b)));
        body.append(...sorted.flat());
      });
    }
  }
})();

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

  // A link to a line opens the fold that it is in.
  const follow = () => {
    const target = document.getElementById(location.hash.slice(1));
    const body = target?.closest("tbody[hidden]");
    if (body && !body.classList.contains("more")) unfold(body.previousElementSibling, true);
    target?.scrollIntoView();
  };
  addEventListener("hashchange", follow);
  if (location.hash) follow();

  // The rows of all tables of lines, with the values that they are sorted by.
  const csv = () => {
    const field = (value) => {
      // No spreadsheet takes text for a formula.
      const text = /^[=+\-@\t\r]/.test(value) && isNaN(value) ? `'${value}` : value;
      return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
    };
    const rows = [["table", "line_before", "line_after", "source", "share_before", "share_after",
      "share_shift", "cost_before_s", "cost_after_s", "cost_shift_s", "verdict"]];
    for (const table of document.querySelectorAll("table.lines")) {
      for (const row of table.tBodies[0].rows) {
        const text = (cell) => row.cells[cell].textContent.trim();
        const keys = row.dataset.k.split(" ").map(Number);
        const part = (key) => (keys[key] < 0 ? "" : String(keys[key]));
        const shift = (key) => (row.classList.contains("detail") ? "" : String(keys[key]));
        rows.push([table.caption.textContent, text(0), text(1), text(2), part(0), part(1),
          shift(2), part(3), part(4), shift(5), text(9)]);
      }
    }
    return rows.map((row) => row.map(field).join(",")).join("\n") + "\n";
  };
  const copy = async (text) => {
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      // Where pages of files may not: by way of a selection.
      const area = document.createElement("textarea");
      area.value = text;
      document.body.append(area);
      area.select();
      document.execCommand("copy");
      area.remove();
    }
  };
  if (document.querySelector("table.lines")) {
    const button = document.createElement("button");
    const label = "Copy as CSV";
    Object.assign(button, { type: "button", id: "csv", textContent: label });
    button.setAttribute("aria-live", "polite");
    button.addEventListener("click", async () => {
      await copy(csv());
      button.textContent = "Copied";
      setTimeout(() => { button.textContent = label; }, 2000);
    });
    document.querySelector(".tools").prepend(button);
  }

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

"use strict";
(() => {
  const root = document.documentElement;

  const scheme = document.getElementById("scheme");
  const prefersDark = matchMedia("(prefers-color-scheme: dark)");
  const isDark = () => (root.dataset.scheme || (prefersDark.matches ? "dark" : "light")) === "dark";
  const nameScheme = () => { scheme.textContent = isDark() ? "Light colours" : "Dark colours"; };
  scheme.addEventListener("click", () => { root.dataset.scheme = isDark() ? "light" : "dark"; nameScheme(); });
  prefersDark.addEventListener("change", nameScheme);
  scheme.hidden = false;
  nameScheme();

  const words = new Intl.Collator("en", { numeric: true });
  const keyOf = (cell) => (cell.dataset.sort === undefined ? cell.textContent.trim() : Number(cell.dataset.sort));
  const compare = (a, b) => {
    if (typeof a === "number" && typeof b === "number") {
      return Number.isNaN(a) || Number.isNaN(b) ? Number.isNaN(a) - Number.isNaN(b) : a === b ? 0 : a - b;
    }
    return words.compare(String(a), String(b));
  };
  const sort = (head) => {
    const body = head.closest("table").tBodies[0];
    const way = head.getAttribute("aria-sort") === "ascending" ? "descending" : "ascending";
    for (const other of head.parentElement.cells) other.setAttribute("aria-sort", "none");
    head.setAttribute("aria-sort", way);
    const rows = [...body.rows].map((row) => [keyOf(row.cells[head.cellIndex]), row]);
    rows.sort((a, b) => (way === "ascending" ? compare(a[0], b[0]) : compare(b[0], a[0])));
    body.append(...rows.map((pair) => pair[1]));
  };
  for (const head of document.querySelectorAll("table.sortable thead th")) {
    if (head.closest("table").tBodies[0].rows.length < 2) continue;
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    head.setAttribute("aria-sort", "none");
    button.addEventListener("click", () => sort(head));
  }

  const dialog = document.getElementById("enlarged");
  for (const card of document.querySelectorAll("button.card")) {
    card.addEventListener("click", () => {
      const [shown, large] = [card.querySelector("img"), dialog.querySelector("img")];
      large.src = shown.src;
      large.alt = shown.alt;
      large.classList.toggle("narrow", card.closest("figure").classList.contains("narrow"));
      dialog.querySelector("p").textContent = card.closest("figure").querySelector("figcaption").textContent;
      dialog.showModal();
    });
  }
  dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });

  const copied = async (code) => {
    try {
      await navigator.clipboard.writeText(code.textContent);
    } catch {
      getSelection().selectAllChildren(code);
      document.execCommand("copy");
    }
  };
  for (const block of document.querySelectorAll(".code")) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "copy";
    button.textContent = "Copy";
    button.addEventListener("click", async () => {
      await copied(block.querySelector("code"));
      button.textContent = "Copied";
      setTimeout(() => { button.textContent = "Copy"; }, 1500);
    });
    const inFigure = block.closest("figure") !== null;
    (inFigure ? block : block.querySelector(".label")).append(button);
  }

  let opened = [];
  addEventListener("beforeprint", () => {
    opened = [...document.querySelectorAll("details:not([open])")];
    for (const fold of opened) fold.open = true;
  });
  addEventListener("afterprint", () => { for (const fold of opened) fold.open = false; });
})();

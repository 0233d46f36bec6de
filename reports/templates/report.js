"use strict";
(() => {
  const said = document.getElementById("said");
  const say = (text) => { said.textContent = text; };

  const key = (cell) => {
    const number = cell && cell.querySelector("data");
    if (number) return Number(number.value);
    return cell ? cell.textContent.trim() : "";
  };
  const collator = new Intl.Collator(document.documentElement.lang);
  const compare = (a, b) => {
    if (typeof a === "number" && typeof b === "number") return a - b;
    if (typeof a === "number") return -1;
    if (typeof b === "number") return 1;
    return collator.compare(a, b);
  };

  const sort = (table, column, button) => {
    const head = button.closest("th");
    const down = head.getAttribute("aria-sort") === "ascending";
    table.querySelectorAll("thead th").forEach((th) => th.removeAttribute("aria-sort"));
    head.setAttribute("aria-sort", down ? "descending" : "ascending");
    for (const body of table.tBodies) {
      const rows = [...body.rows].filter((row) => !row.classList.contains("group"));
      const fixed = rows.filter((row) => row.classList.contains("total"));
      const free = rows.filter((row) => !row.classList.contains("total"));
      free.sort((a, b) => compare(key(a.cells[column]), key(b.cells[column])) * (down ? -1 : 1));
      body.append(...free, ...fixed);
    }
    say(button.dataset.said);
  };

  document.querySelectorAll("table[data-sortable]").forEach((table) => {
    table.querySelectorAll("thead th").forEach((head, column) => {
      const text = head.textContent.trim();
      if (!text) return;
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = text;
      button.title = table.dataset.sort.replace("{column}", text);
      button.dataset.said = table.dataset.sorted.replace("{column}", text);
      head.replaceChildren(button);
      button.addEventListener("click", () => sort(table, column, button));
    });
  });

  document.querySelectorAll("input[name=price]").forEach((input) => {
    input.addEventListener("change", () => say(input.parentElement.textContent.trim()));
  });

  document.querySelectorAll(".scripted").forEach((part) => { part.hidden = false; });
  document.querySelectorAll("select[data-scenarios]").forEach((select) => {
    const pick = () => {
      document.querySelectorAll("[data-scenario]").forEach((part) => {
        part.hidden = select.value !== "" && part.dataset.scenario !== select.value;
      });
      say(select.selectedOptions[0].textContent);
    };
    select.addEventListener("change", pick);
  });
})();

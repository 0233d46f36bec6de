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
      button.append(...head.childNodes); // with what keeps its words on one line
      button.title = table.dataset.sort.replace("{column}", text);
      button.dataset.said = table.dataset.sorted.replace("{column}", text);
      head.replaceChildren(button);
      button.addEventListener("click", () => sort(table, column, button));
    });
  });

  // The values of a chart: under the pointer, or by arrow keys where the chart has the focus.
  const tip = document.createElement("div");
  tip.className = "tip";
  tip.hidden = true;
  tip.setAttribute("aria-hidden", "true"); // what the keys show is said as well
  document.body.append(tip);
  let shown = null;
  const hide = () => {
    if (shown) shown.classList.remove("shown");
    shown = null;
    tip.hidden = true;
  };
  const show = (mark, more = "") => {
    hide();
    shown = mark;
    mark.classList.add("shown");
    tip.textContent = mark.dataset.value + more;
    tip.hidden = false;
    const at = mark.getBoundingClientRect();
    const left = at.left + (at.width - tip.offsetWidth) / 2;
    const most = document.documentElement.clientWidth - tip.offsetWidth - 4;
    tip.style.left = `${Math.max(4, Math.min(left, most)) + window.scrollX}px`;
    tip.style.top = `${at.top - tip.offsetHeight - 8 + window.scrollY}px`;
  };
  const middle = (mark) => {
    const at = mark.getBoundingClientRect();
    return [at.left + at.width / 2, at.top + at.height / 2];
  };
  const away = (mark, event) => {
    const [x, y] = middle(mark);
    return Math.hypot(x - event.clientX, y - event.clientY);
  };
  const under = (marks, event) => {
    const hit = event.target.closest("[data-value]");
    if (hit) return hit;
    const nearest = marks.reduce((a, b) => (away(b, event) < away(a, event) ? b : a));
    return away(nearest, event) < 16 ? nearest : null; // a dot is small for a hand
  };

  document.querySelectorAll("figure").forEach((figure) => {
    const marks = [...figure.querySelectorAll("svg title")].map((title) => {
      const mark = title.parentNode;
      mark.dataset.value = title.textContent;
      title.remove(); // the browser would show it beside ours
      return mark;
    });
    if (!marks.length) return;
    let place = 0;
    figure.setAttribute("aria-keyshortcuts", "ArrowLeft ArrowRight Home End");
    const point = (event) => {
      const mark = under(marks, event);
      if (mark) show(mark);
      else hide();
    };
    figure.addEventListener("pointermove", point);
    figure.addEventListener("pointerdown", point);
    figure.addEventListener("pointerleave", hide);
    figure.addEventListener("blur", hide);
    figure.addEventListener("focus", () => {
      if (figure.matches(":focus-visible")) show(marks[place], " ← →");
    });
    figure.addEventListener("keydown", (event) => {
      const last = marks.length - 1;
      const places = { ArrowLeft: place - 1, ArrowRight: place + 1, Home: 0, End: last };
      if (event.key === "Escape") hide();
      if (!(event.key in places)) return;
      event.preventDefault();
      place = Math.max(0, Math.min(places[event.key], last));
      figure.scrollLeft += middle(marks[place])[0] - innerWidth / 2; // narrow screens
      show(marks[place]);
      say(marks[place].dataset.value);
    });
  });

  document.querySelectorAll("input[name=price]").forEach((input) => {
    input.addEventListener("change", () => say(input.parentElement.textContent.trim()));
  });

  // What is wider than its place says so.
  const measure = () => document.querySelectorAll(".table, figure").forEach((part) => {
    part.classList.toggle("scrolls", part.scrollWidth > part.clientWidth + 1);
  });
  measure();
  addEventListener("resize", measure);

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

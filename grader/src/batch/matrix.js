// Sorts and filters the matrix. Nothing is loaded, and no text is ever taken for markup.
"use strict";
(function () {
  const grid = document.getElementById("grid");
  const controls = document.getElementById("controls");
  const shown = document.getElementById("shown");
  const body = grid.tBodies[0];
  const heads = Array.from(grid.tHead.rows[0].cells);
  const rows = Array.from(body.rows);
  const compare = new Intl.Collator(undefined, { numeric: true, sensitivity: "base" }).compare;

  function value(row, column) {
    const cell = row.cells[column];
    return cell.dataset.value === undefined ? cell.textContent.trim() : cell.dataset.value;
  }

  function sort(column, ascending) {
    const sign = ascending ? 1 : -1;
    const sorted = rows.slice().sort(function (one, other) {
      const a = value(one, column);
      const b = value(other, column);
      // Whoever has nothing there comes last in either direction.
      if (a === "" || b === "") {
        return (a === "" ? 1 : 0) - (b === "" ? 1 : 0);
      }
      return sign * compare(a, b);
    });
    body.append(...sorted);
    heads.forEach(function (head, number) {
      if (number === column) {
        head.setAttribute("aria-sort", ascending ? "ascending" : "descending");
      } else {
        head.removeAttribute("aria-sort");
      }
    });
  }

  heads.forEach(function (head, column) {
    head.querySelector("button").addEventListener("click", function () {
      sort(column, head.getAttribute("aria-sort") !== "ascending");
    });
  });

  function filter() {
    const text = controls.elements.text.value.trim().toLowerCase();
    const state = controls.elements.state.value;
    const rule = controls.elements.rule.value;
    const column = heads.findIndex(function (head) { return rule && head.dataset.rule === rule; });
    let count = 0;
    rows.forEach(function (row) {
      const verdict = row.dataset.state;
      const fits = (!text || row.cells[0].textContent.toLowerCase().includes(text))
        && (!state || state === verdict
          || (state === "other" && verdict !== "passed" && verdict !== "failed"))
        && (column < 0 || row.cells[column].classList.contains("failed"));
      row.hidden = !fits;
      count += fits ? 1 : 0;
    });
    shown.textContent = count === rows.length ? "" : count + " of " + rows.length + " are shown.";
  }

  controls.addEventListener("input", filter);
  controls.addEventListener("submit", function (event) { event.preventDefault(); });
  filter();
})();

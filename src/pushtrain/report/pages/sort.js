"use strict";
// Turn headings into buttons that sort their table: the first click sorts ascending, the next one descending. Without
// JavaScript the table keeps its order.
for (const table of document.querySelectorAll("table.sortable")) {
  const body = table.tBodies[0];
  [...table.tHead.rows[0].cells].forEach((heading, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...heading.childNodes);
    heading.append(button);
    button.addEventListener("click", () => {
      const descending = heading.getAttribute("aria-sort") === "ascending";
      for (const other of heading.parentNode.cells) other.removeAttribute("aria-sort");
      heading.setAttribute("aria-sort", descending ? "descending" : "ascending");
      const rows = [...body.rows].map((row) => [key(row.cells[column]), row]);
      rows.sort(([one], [two]) => compare(one, two, descending));
      body.append(...rows.map(([, row]) => row));
    });
  });
}

function key(cell) {
  const text = cell.dataset.value ?? cell.textContent.trim();
  const number = text === "" ? NaN : Number(text);
  return Number.isNaN(number) ? text : number;
}

// Empty cells stay at the end in both directions; numbers come before texts.
function compare(one, two, descending) {
  if (one === "" || two === "") return (one === "") - (two === "");
  const numbers = typeof one === "number" && typeof two === "number";
  const order = numbers ? one - two : String(one).localeCompare(String(two), undefined, { numeric: true });
  return descending ? -order : order;
}

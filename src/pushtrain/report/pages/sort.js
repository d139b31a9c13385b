"use strict";
// Headings become buttons that sort their table: once ascending, once more descending. Without a script the table
// stands as it was written.
for (const table of document.querySelectorAll("table.sortable")) {
  const body = table.tBodies[0];
  [...table.tHead.rows[0].cells].forEach((heading, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...heading.childNodes);
    heading.append(button);
    button.addEventListener("click", () => {
      const down = heading.getAttribute("aria-sort") === "ascending";
      for (const other of heading.parentNode.cells) other.removeAttribute("aria-sort");
      heading.setAttribute("aria-sort", down ? "descending" : "ascending");
      const rows = [...body.rows].map((row) => [key(row.cells[column]), row]);
      rows.sort(([one], [two]) => compare(one, two, down));
      body.append(...rows.map(([, row]) => row));
    });
  });
}

function key(cell) {
  const text = cell.dataset.value ?? cell.textContent.trim();
  const number = text === "" ? NaN : Number(text);
  return Number.isNaN(number) ? text : number;
}

// What is empty stays at the end, whichever way is asked; numbers come before words.
function compare(one, two, down) {
  if (one === "" || two === "") return (one === "") - (two === "");
  const numbers = typeof one === "number" && typeof two === "number";
  const order = numbers ? one - two : String(one).localeCompare(String(two), undefined, { numeric: true });
  return down ? -order : order;
}

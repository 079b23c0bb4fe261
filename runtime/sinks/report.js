// Sorting and filtering of tables; the page is whole without it.
for (const table of document.querySelectorAll("table.data")) {
  const body = table.tBodies[0];
  const heads = [...table.tHead.rows[0].cells];
  // Numbers may have more digits than a double holds.
  const number = (text) => /^-?\d+$/.test(text) ? BigInt(text) : Number.parseFloat(text);
  const compare = (a, b) => a < b ? -1 : a > b ? 1 : 0;
  heads.forEach((head, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = head.textContent;
    head.replaceChildren(button);
    head.setAttribute("aria-sort", "none");
    button.addEventListener("click", () => {
      const numbers = head.classList.contains("n");
      const before = head.getAttribute("aria-sort");
      const order = before === "none" ? (numbers ? "descending" : "ascending") : before === "ascending" ? "descending" : "ascending";
      for (const other of heads) other.setAttribute("aria-sort", "none");
      head.setAttribute("aria-sort", order);
      const rows = [...body.rows].map((row) => {
        const text = row.cells[column].textContent;
        return [numbers ? number(text) : text, row];
      });
      rows.sort((a, b) => order === "ascending" ? compare(a[0], b[0]) : compare(b[0], a[0]));
      body.replaceChildren(...rows.map(([, row]) => row));
    });
  });
  if (body.rows.length < 8) continue;
  const box = document.createElement("p");
  box.className = "filter";
  const label = document.createElement("label");
  label.textContent = "Filter";
  const input = document.createElement("input");
  input.type = "search";
  input.id = "filter-" + table.id;
  label.htmlFor = input.id;
  const count = document.createElement("span");
  count.className = "soft";
  count.setAttribute("role", "status");
  box.append(label, input, count);
  table.parentElement.before(box);
  input.addEventListener("input", () => {
    const wanted = input.value.toLowerCase();
    let shown = 0;
    for (const row of body.rows) {
      row.hidden = !row.textContent.toLowerCase().includes(wanted);
      if (!row.hidden) ++shown;
    }
    count.textContent = wanted === "" ? "" : `${shown} of ${body.rows.length} rows`;
  });
}

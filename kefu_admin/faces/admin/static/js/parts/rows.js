// Child rows: add one from the blank, take one out. Without this, the same buttons ask the server.

let next = Date.now();

export function startRows(form, started) {
  form.addEventListener("click", (event) => {
    const add = event.target.closest("[data-add-row]");
    if (add) {
      event.preventDefault();
      addRow(add.closest("[data-rows]"), started);
    }
  });
  form.addEventListener("change", (event) => {
    const box = event.target.closest(".row-delete input");
    if (!box || !box.checked) return;
    const row = box.closest("[data-row]");
    if (!row.querySelector("input[name$='.id']")) row.remove();
    form.dispatchEvent(new Event("input"));
  });
}

function addRow(table, started) {
  const index = String(next++);
  const blank = table.querySelector("template[data-blank]");
  const row = blank.content.firstElementChild.cloneNode(true);
  for (const element of [row, ...row.querySelectorAll("*")]) {
    for (const attribute of element.attributes) {
      if (attribute.value.includes("__i__")) attribute.value = attribute.value.replaceAll("__i__", index);
    }
  }
  table.querySelector("tbody").append(row);
  started(row);
  row.querySelector("input:not([type=hidden]), select")?.focus();
}

// Child rows: add one from the blank, copy one, move it, take one out. Without this, the buttons for
// adding and copying ask the server, and the order is typed as numbers.

let next = Date.now();

export function startRows(form, started) {
  for (const table of form.querySelectorAll("[data-rows][data-order]")) showMoves(table);
  form.addEventListener("click", (event) => {
    const button = event.target.closest("[data-add-row], [data-copy-row], [data-move]");
    if (!button) return;
    event.preventDefault();
    const table = button.closest("[data-rows]");
    const row = button.closest("[data-row]");
    if (button.dataset.move) moveRow(row, button.dataset.move);
    else if (row) copyRow(table, row, started);
    else addRow(table, null, started);
    number(table);
    if (button.dataset.move) button.focus();
    form.dispatchEvent(new Event("input", { bubbles: true }));
  });
  form.addEventListener("change", (event) => {
    const box = event.target.closest(".row-delete input");
    if (!box) return;
    const row = box.closest("[data-row]");
    const table = box.closest("[data-rows]");
    if (box.checked && !row.querySelector("input[name$='.id']")) row.remove();
    number(table);
    form.dispatchEvent(new Event("input", { bubbles: true }));
  });
}

function showMoves(root) {
  for (const buttons of root.querySelectorAll(".row-move")) buttons.hidden = false;
}

function addRow(table, before, started) {
  const index = String(next++);
  const blank = table.querySelector("template[data-blank]");
  const row = blank.content.firstElementChild.cloneNode(true);
  for (const element of [row, ...row.querySelectorAll("*")]) {
    for (const attribute of element.attributes) {
      if (attribute.value.includes("__i__")) attribute.value = attribute.value.replaceAll("__i__", index);
    }
  }
  if (before) before.after(row);
  else table.querySelector("tbody").append(row);
  if (table.dataset.order) showMoves(row);
  if (!before) {
    started(row);
    row.querySelector("td:not(.order-cell) :is(input:not([type=hidden]), select, textarea)")?.focus();
  }
  return row;
}

function copyRow(table, from, started) {
  const row = addRow(table, from, started);
  for (const control of named(from)) {
    const twin = named(row).find((one) => last(one) === last(control) && one.type !== "hidden" && (one.type !== "checkbox" || one.value === control.value));
    if (!twin || control.type === "hidden" || last(control) === "_delete") continue;
    if (control instanceof HTMLSelectElement) copyChoice(control, twin);
    else if (control.type === "checkbox") twin.checked = control.checked;
    else twin.value = control.value;
  }
  started(row);
}

function named(row) {
  return [...row.querySelectorAll("[name]")];
}

function last(control) {
  return control.name.slice(control.name.lastIndexOf(".") + 1);
}

function copyChoice(from, to) {
  for (const option of from.selectedOptions) {
    let twin = [...to.options].find((one) => one.value === option.value);
    if (!twin) {
      twin = new Option(option.textContent, option.value);
      to.append(twin);
    }
    twin.selected = true;
  }
}

function moveRow(row, where) {
  if (where === "up") row.previousElementSibling?.before(row);
  else row.nextElementSibling?.after(row);
}

// The numbers follow the rows; one that will be deleted keeps its own.
function number(table) {
  if (!table.dataset.order) return;
  let place = 0;
  for (const row of table.querySelectorAll("tbody > [data-row]")) {
    if (row.querySelector("input[name$='._delete']")?.checked) continue;
    const control = row.querySelector(`[name$='.${table.dataset.order}']`);
    if (control) control.value = String(++place);
  }
}

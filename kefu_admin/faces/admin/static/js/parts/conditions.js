// Follows the conditions of fields (visible, required, read-only) while someone types.
// The server decides again; what cannot be told here (me, paths, formulas) leaves a field as it is.

const UNKNOWN = Symbol("unknown");

export function followConditions(form) {
  const update = () => {
    const values = read(form);
    for (const field of form.querySelectorAll("[data-visible], [data-required], [data-read-only]")) {
      apply(field, values);
    }
  };
  form.addEventListener("input", update);
  form.addEventListener("change", update);
  update();
}

function apply(field, values) {
  const scope = inRow(field.dataset.field, values);
  if (field.dataset.visible) {
    const shown = decide(JSON.parse(field.dataset.visible), scope);
    if (shown !== UNKNOWN) show(field, shown);
  }
  if (field.dataset.required) {
    const must = decide(JSON.parse(field.dataset.required), scope);
    if (must !== UNKNOWN) mark(field, must);
  }
  if (field.dataset.readOnly) {
    const locked = decide(JSON.parse(field.dataset.readOnly), scope);
    if (locked !== UNKNOWN) lock(field, locked);
  }
}

// A hidden field is sent blank, so that a value typed before is taken back.
function show(field, shown) {
  if (field.hidden === !shown) return;
  field.hidden = !shown;
  field.querySelector("input[data-blank]")?.remove();
  for (const control of controls(field)) control.disabled = !shown;
  if (!shown && !field.dataset.rows) {
    const blank = document.createElement("input");
    blank.type = "hidden";
    blank.name = field.dataset.field;
    blank.value = "";
    blank.dataset.blank = "yes";
    field.append(blank);
  }
}

function mark(field, must) {
  const star = field.querySelector(".must");
  if (star) star.hidden = !must;
}

function lock(field, locked) {
  field.classList.toggle("locked", locked);
  for (const control of controls(field)) {
    const typed = control.matches("input:not([type=radio], [type=checkbox], [type=file]), textarea");
    if (typed && !control.tomselect) control.readOnly = locked;
    else (control.closest(".pills, .field-body, td") ?? control).inert = locked; // still sent
  }
}

function controls(field) {
  return field.querySelectorAll("input:not([data-blank]), select, textarea");
}

function read(form) {
  const values = {};
  for (const field of form.querySelectorAll("[data-field]")) {
    if (field.hidden || field.dataset.rows) continue;
    const name = field.dataset.field;
    const boxes = field.querySelectorAll("input[type=checkbox]");
    if (boxes.length) values[name] = [...boxes].filter((box) => box.checked).map((box) => box.value);
    else {
      const control = field.querySelector("input[type=radio]:checked, input:not([type=radio]):not([type=hidden]), select, textarea");
      values[name] = control instanceof HTMLSelectElement && control.multiple ? [...control.selectedOptions].map((o) => o.value) : (control?.value ?? "").trim();
    }
  }
  return values;
}

function inRow(name, values) {
  const lead = name.slice(0, name.lastIndexOf(".") + 1);
  return (field) => (lead + field in values ? values[lead + field] : UNKNOWN);
}

function decide(condition, value) {
  const results = Object.entries(condition).map(([key, operand]) => {
    if (key === "all") return every(operand.map((part) => decide(part, value)));
    if (key === "any") return some(operand.map((part) => decide(part, value)));
    if (key === "not") return negate(decide(operand, value));
    return compare(value(key), operand);
  });
  return every(results);
}

function every(results) {
  if (results.includes(false)) return false;
  return results.includes(UNKNOWN) ? UNKNOWN : true;
}

function some(results) {
  if (results.includes(true)) return true;
  return results.includes(UNKNOWN) ? UNKNOWN : false;
}

function negate(result) {
  return result === UNKNOWN ? UNKNOWN : !result;
}

function compare(found, test) {
  if (found === UNKNOWN || test === null || typeof test !== "object") return UNKNOWN;
  const empty = found === "" || (Array.isArray(found) && !found.length);
  return every(Object.entries(test).map(([op, operand]) => one(op, found, operand, empty)));
}

function one(op, found, operand, empty) {
  if (op === "is_empty") return empty === operand;
  const told = (value) => typeof value !== "string" || !value.startsWith("$") || value.startsWith("$$");
  const operands = Array.isArray(operand) ? operand : [operand];
  if (!operands.every((value) => typeof value !== "object" && told(value))) return UNKNOWN;
  if (empty) return false;
  const texts = operands.map((value) => String(value).replace(/^\$\$/, "$"));
  const number = Number(found);
  const limit = Number(texts[0]);
  const ordered = !Number.isNaN(number) && !Number.isNaN(limit);
  switch (op) {
    case "eq": return found === texts[0];
    case "ne": return found !== texts[0];
    case "in": return texts.includes(found);
    case "not_in": return !texts.includes(found);
    case "has": return Array.isArray(found) && found.includes(texts[0]);
    case "has_any": return Array.isArray(found) && texts.some((text) => found.includes(text));
    case "has_all": return Array.isArray(found) && texts.every((text) => found.includes(text));
    case "lt": return ordered ? number < limit : UNKNOWN;
    case "le": return ordered ? number <= limit : UNKNOWN;
    case "gt": return ordered ? number > limit : UNKNOWN;
    case "ge": return ordered ? number >= limit : UNKNOWN;
    default: return UNKNOWN;
  }
}

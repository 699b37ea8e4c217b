// Columns drawn wider or narrower, by mouse or arrow keys. The widths are a sheet of our own, since
// the page allows no styles within its text; they are kept for the person and this list.

const STEP = 16;
const LEAST = 40;
const MOST = 800;
let sheet = null;
let waiting = 0;

export function startWidths() {
  sheet = new CSSStyleSheet();
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
  begin();
  document.addEventListener("htmx:after:swap", begin);
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-grip]")) event.preventDefault();
  }, true);
}

function table() {
  return document.querySelector("table[data-widths-path]");
}

function begin() {
  const list = table();
  if (!list) return;
  for (const head of list.querySelectorAll("th[data-column]")) {
    if (!head.querySelector("[data-grip]")) head.append(grip(head, list.dataset.widthsLabel));
  }
  show(read(list));
}

function read(list) {
  return JSON.parse(list.dataset.widths || "{}");
}

function show(widths) {
  const rules = [];
  for (const head of table().querySelectorAll("th[data-column]")) {
    const width = widths[head.dataset.column];
    head.querySelector("[data-grip]").setAttribute("aria-valuenow", Math.round(width ?? head.offsetWidth));
    if (!width) continue;
    const cells = `.list[data-list] :is(th, td):nth-child(${head.cellIndex + 1})`;
    rules.push(`@media (min-width: 641px) { ${cells} { min-width: ${width}px; width: ${width}px; max-width: ${width}px; } }`);
  }
  sheet.replaceSync(rules.join("\n"));
}

function grip(head, label) {
  const handle = document.createElement("span");
  handle.className = "grip";
  handle.dataset.grip = "";
  handle.tabIndex = 0;
  handle.setAttribute("role", "separator");
  handle.setAttribute("aria-orientation", "vertical");
  handle.setAttribute("aria-label", `${label} ${head.textContent.trim()}`);
  handle.setAttribute("aria-valuemin", LEAST);
  handle.setAttribute("aria-valuemax", MOST);
  handle.addEventListener("keydown", (event) => {
    const by = { ArrowLeft: -STEP, ArrowRight: STEP }[event.key];
    if (!by) return;
    event.preventDefault();
    set(head, head.offsetWidth + by);
  });
  handle.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    const from = event.clientX - head.offsetWidth;
    const move = (moved) => set(head, moved.clientX - from);
    const stop = () => {
      removeEventListener("pointermove", move);
      removeEventListener("pointerup", stop);
    };
    addEventListener("pointermove", move);
    addEventListener("pointerup", stop);
  });
  return handle;
}

function set(head, width) {
  const list = table();
  const widths = { ...read(list), [head.dataset.column]: Math.round(Math.max(LEAST, Math.min(MOST, width))) };
  list.dataset.widths = JSON.stringify(widths);
  show(widths);
  clearTimeout(waiting);
  waiting = setTimeout(() => keep(list.dataset.widthsPath, widths), 400);
}

function keep(path, widths) {
  const token = document.querySelector("input[name='_csrf']").value;
  fetch(path, {
    method: "POST",
    headers: { "X-CSRF-Token": token, Accept: "application/json" },
    body: new URLSearchParams({ widths: JSON.stringify(widths) }),
    keepalive: true,
  });
}

// Keys for people who keep their hands on the keyboard. A single key never acts while somebody types
// or composes Chinese, and anyone may switch the single keys off; `aria-keyshortcuts` in a page says
// which of its links a key follows.

const OFF = "kefu-keys-off";
const PAUSE = 1500; // milliseconds between g and the key after it
const FULL_WIDTH = { "？": "?", "／": "/" };

let led = -PAUSE; // when g was pressed

export function startKeys() {
  const help = document.querySelector("[data-keys]");
  if (!help) return;
  const on = help.querySelector("[data-keys-on]");
  on.checked = !localStorage.getItem(OFF);
  on.addEventListener("change", () => {
    if (on.checked) localStorage.removeItem(OFF);
    else localStorage.setItem(OFF, "yes");
  });
  const opener = document.querySelector("[data-keys-open]");
  opener.hidden = false;
  opener.addEventListener("click", () => help.showModal());
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.isComposing || event.keyCode === 229) return;
    if (document.querySelector("dialog[open]")) return;
    if (saves(event)) return save(event);
    if (event.ctrlKey || event.metaKey || event.altKey || !on.checked || types(event.target)) return;
    const key = FULL_WIDTH[event.key] ?? event.key;
    const followed = performance.now() - led < PAUSE;
    led = key === "g" && !followed ? performance.now() : -PAUSE;
    if (act(followed ? `g ${key}` : key, help)) event.preventDefault();
  });
}

function types(target) {
  if (!(target instanceof Element)) return false;
  const control = target.closest("input, textarea, select, [contenteditable], [role=textbox]");
  return Boolean(control) && !["checkbox", "radio", "button", "submit"].includes(control.type);
}

function act(key, help) {
  if (key === "?") help.showModal();
  else if (key === "/") return search(help);
  else if (key === "g h") location.assign(help.dataset.home);
  else if (key === "g l") return follow("main .crumbs a");
  else if (key === "n") return follow("main [aria-keyshortcuts=n]");
  else if (key === "e") return follow("main [aria-keyshortcuts=e]");
  else if (key === "j") return move(1);
  else if (key === "k") return move(-1);
  else return false;
  return true;
}

function search(help) {
  const box = document.querySelector("[data-search]");
  if (box) box.select();
  else location.assign(help.dataset.everything);
  return true;
}

function follow(selector) {
  const link = document.querySelector(selector);
  if (link) link.click();
  return Boolean(link);
}

function move(step) {
  const links = [...document.querySelectorAll("[data-list] tbody tr")]
    .map((row) => row.querySelector("a"))
    .filter(Boolean);
  if (!links.length) return false;
  const row = document.activeElement.closest("[data-list] tbody tr");
  const at = links.findIndex((link) => row?.contains(link));
  const next = at < 0 ? (step > 0 ? 0 : links.length - 1) : at + step;
  links[Math.max(0, Math.min(next, links.length - 1))].focus();
  return true;
}

function saves(event) {
  return event.key.toLowerCase() === "s" && (event.ctrlKey || event.metaKey) && !event.altKey;
}

function save(event) {
  const form = document.activeElement.closest("[data-record-form]") ?? document.querySelector("[data-record-form]");
  const button = form?.querySelector(".form-end .primary");
  if (!button) return;
  event.preventDefault();
  if (!event.repeat) form.requestSubmit(button);
}

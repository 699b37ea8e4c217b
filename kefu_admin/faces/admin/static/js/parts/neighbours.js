// A list remembers its rows for this window; a record opened from it leads to the next and the one
// before. Only addresses are kept, never what stands in the rows.

const KEY = "kefu-list";
const MOST = 200;

export function rememberRows() {
  const rows = [...document.querySelectorAll("[data-list] tbody tr a")];
  if (!document.querySelector("[data-finder]") || !rows.length) return;
  const paths = rows.slice(0, MOST).map((link) => new URL(link.href).pathname);
  sessionStorage.setItem(KEY, JSON.stringify(paths));
}

export function showNeighbours() {
  const place = document.querySelector("[data-neighbours]");
  const paths = JSON.parse(sessionStorage.getItem(KEY) ?? "[]");
  const at = paths.indexOf(location.pathname);
  if (!place || at < 0) return;
  place.append(link(paths[at - 1], "‹", place.dataset.before), link(paths[at + 1], "›", place.dataset.after));
  place.hidden = false;
}

function link(path, sign, title) {
  const made = document.createElement(path ? "a" : "span");
  made.className = path ? "button" : "button off";
  if (path) made.href = path;
  else made.setAttribute("aria-disabled", "true");
  made.title = title;
  made.setAttribute("aria-label", title);
  if (!path) made.setAttribute("role", "link");
  made.textContent = sign;
  return made;
}

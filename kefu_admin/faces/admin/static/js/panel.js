// What every page does beyond plain HTML: mark the open menu entry, tidy the address, open rows,
// send filters as they change, close menus, guard against sending twice.

import { startDates } from "./parts/dates.js";
import { startEverywhere } from "./parts/everywhere.js";
import { startPanels } from "./parts/panels.js";
import { startKeys } from "./parts/keys.js";
import { rememberRows, showNeighbours } from "./parts/neighbours.js";
import { startPickers } from "./parts/pickers.js";
import { startWidths } from "./parts/widths.js";
import "./parts/ticks.js";

document.documentElement.classList.add("scripted");

markMenu();
dropNotice();
closeMenus();
openRows();
sendFilters();
askFirst();
startPanels();
sendOnce();
followRefusals();
for (const alert of document.querySelectorAll("[data-focus]")) alert.focus();
rememberRows();
document.addEventListener("htmx:after:swap", rememberRows);
showNeighbours();
startPickers(document);
startEverywhere();
startKeys();
startDates(document);
startWidths();

function markMenu() {
  const here = location.pathname;
  const view = new URLSearchParams(location.search).get("view");
  let best = null;
  for (const link of document.querySelectorAll("[data-nav] a")) {
    const path = new URL(link.href);
    const fits = path.pathname === here || (path.pathname.length > 1 && path.pathname !== link.closest("[data-nav]").querySelector("a").pathname && here.startsWith(path.pathname));
    if (!fits) continue;
    const wanted = path.searchParams.get("view");
    if (!best || (wanted && wanted === view)) best = link;
  }
  if (best) {
    best.setAttribute("aria-current", "page");
    best.scrollIntoView({ block: "nearest" });
  }
}

function dropNotice() {
  const address = new URL(location.href);
  if (!address.searchParams.has("notice")) return;
  address.searchParams.delete("notice");
  history.replaceState(history.state, "", address);
}

function closeMenus() {
  document.addEventListener("click", (event) => {
    for (const menu of document.querySelectorAll("[data-menu][open]")) {
      if (!menu.contains(event.target)) menu.open = false;
    }
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const menu of document.querySelectorAll("[data-menu][open]")) menu.open = false;
    const drawer = document.getElementById("nav-open");
    if (drawer) drawer.checked = false;
  });
}

function openRows() {
  document.addEventListener("click", (event) => {
    const row = event.target.closest("[data-list] tbody tr");
    if (!row || event.target.closest("a, button, input") || getSelection().toString()) return;
    const link = row.querySelector("a");
    if (!link) return;
    if (event.ctrlKey || event.metaKey) open(link.href, "_blank", "noopener");
    else location.assign(link.href);
  });
}

function sendFilters() {
  for (const form of document.querySelectorAll("[data-finder]")) {
    form.addEventListener("change", (event) => {
      const control = event.target;
      if (!control.matches("[data-submit]") || control.value === "range") return;
      form.requestSubmit();
    });
  }
}

function askFirst() {
  document.addEventListener("submit", (event) => {
    const question = event.target.dataset.confirm;
    if (question && !confirm(question)) event.preventDefault();
  });
}

function sendOnce() {
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post" || event.defaultPrevented) return;
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "yes";
    setTimeout(() => delete form.dataset.sent, 4000);
  });
  addEventListener("pageshow", () => {
    for (const form of document.forms) delete form.dataset.sent;
  });
}

// A part of a page that was refused, or led elsewhere (the session has ended): show the whole answer.
function followRefusals() {
  document.addEventListener("htmx:after:request", (event) => {
    const { response, sourceElement } = event.detail.ctx;
    if (response.raw.ok && !response.raw.redirected) return;
    event.preventDefault();
    const form = sourceElement.closest("form");
    if (form) form.submit();
    else location.assign(sourceElement.href);
  });
}

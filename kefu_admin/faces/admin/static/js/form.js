// A record's form: conditions, child rows, dates, growing texts, leaving with unsaved words.

import { followConditions } from "./parts/conditions.js";
import { startDates } from "./parts/dates.js";
import { startPickers } from "./parts/pickers.js";
import { startRows } from "./parts/rows.js";
import { reveal, startTabs } from "./parts/tabs.js";

const form = document.querySelector("[data-record-form]");

if (form) {
  startTabs();
  followConditions(form);
  startRows(form, (row) => {
    startPickers(row);
    startDates(row);
  });
  grow();
  guard();
  const first = form.querySelector(".control:not([type=hidden])");
  if (first && !document.querySelector("[data-focus]")) first.focus({ preventScroll: true });
  if (location.hash) {
    const asked = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (asked && form.contains(asked)) reveal(asked);
  }
}

function grow() {
  const fit = (area) => {
    area.style.height = "auto";
    area.style.height = `${Math.min(area.scrollHeight + 2, 480)}px`;
  };
  for (const area of form.querySelectorAll("[data-grow]")) fit(area);
  form.addEventListener("input", (event) => {
    if (event.target.matches("[data-grow]")) fit(event.target);
  });
}

function guard() {
  let changed = false;
  const note = (event) => {
    if (event.target.name !== "_tab") changed = true;
  };
  form.addEventListener("input", note);
  form.addEventListener("change", note);
  form.addEventListener("submit", () => (changed = false));
  addEventListener("beforeunload", (event) => {
    if (changed) event.preventDefault();
  });
}

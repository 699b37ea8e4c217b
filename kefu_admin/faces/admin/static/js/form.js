// A record's form: conditions, child rows, dates, growing texts, leaving with unsaved words.

import { followConditions } from "./parts/conditions.js";
import { startDates } from "./parts/dates.js";
import { startPickers } from "./parts/pickers.js";
import { startRows } from "./parts/rows.js";

const form = document.querySelector("[data-record-form]");

if (form) {
  followConditions(form);
  startRows(form, (row) => {
    startPickers(row);
    startDates(row);
  });
  grow();
  guard();
  const first = form.querySelector("[aria-invalid]") ?? form.querySelector(".control:not([type=hidden])");
  if (first && !document.querySelector("[data-focus]")) first.focus({ preventScroll: true });
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
  form.addEventListener("input", () => (changed = true));
  form.addEventListener("change", () => (changed = true));
  form.addEventListener("submit", () => (changed = false));
  addEventListener("beforeunload", (event) => {
    if (changed) event.preventDefault();
  });
}

// A record's form: conditions, child rows, dates, growing texts, leaving with unsaved words.

import { showAlike } from "./parts/alike.js";
import { followConditions } from "./parts/conditions.js";
import { startDates } from "./parts/dates.js";
import { startPickers } from "./parts/pickers.js";
import { startDrafts } from "./parts/drafts.js";
import { startFiles } from "./parts/files.js";
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
  startFiles(form);
  showAlike(form);
  grow();
  guard(startDrafts(form));
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

// What is kept as a draft may be left; what is not may not, without being asked.
function guard(draft) {
  let sent = false;
  form.addEventListener("submit", () => (sent = true));
  addEventListener("pageshow", () => (sent = false));
  addEventListener("beforeunload", (event) => {
    if (!sent && draft.hasUnkept()) event.preventDefault();
  });
}

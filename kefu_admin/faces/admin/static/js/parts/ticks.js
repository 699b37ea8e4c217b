// Ticking rows of a list: one box for the page, and how many are ticked beside the actions.

function boxes() {
  return [...document.querySelectorAll("[data-tick]")];
}

function count() {
  const bar = document.querySelector("[data-bulk]");
  if (!bar) return;
  const ticked = boxes().filter((box) => box.checked).length;
  const told = bar.querySelector("[data-ticked]");
  if (told) told.textContent = ticked ? `(${ticked})` : "";
  const all = document.querySelector("[data-tick-all]");
  if (all) {
    all.checked = ticked > 0 && ticked === boxes().length;
    all.indeterminate = ticked > 0 && !all.checked;
  }
}

document.addEventListener("change", (event) => {
  if (event.target.matches("[data-tick-all]")) {
    for (const box of boxes()) box.checked = event.target.checked;
  } else if (!event.target.matches("[data-tick]")) {
    return;
  }
  const some = document.querySelector("[data-bulk] [value=ticked]");
  if (some) some.checked = true;
  count();
});

document.addEventListener("htmx:after:swap", count);

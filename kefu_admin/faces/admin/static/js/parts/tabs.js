// Tabs are radios and work without this. What it adds: a link to a field opens the tab that holds it.

export function startTabs() {
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[href^='#']");
    const found = link && document.getElementById(decodeURIComponent(link.hash.slice(1)));
    if (!found || !found.closest(".tab-pane, [data-record-form]")) return;
    event.preventDefault();
    reveal(found);
  });
}

// Opens the tab that holds the element, and puts the cursor there.
export function reveal(element) {
  const pane = element.closest(".tab-pane");
  const pick = pane?.previousElementSibling?.previousElementSibling;
  if (pick) pick.checked = true;
  const control = element.tomselect ? element : inner(element);
  element.closest(".field, tr, section")?.scrollIntoView({ block: "center" });
  if (control.tomselect) control.tomselect.focus();
  else control.focus({ preventScroll: true });
}

function inner(element) {
  if (element.matches("input, select, textarea")) return element;
  const found = element.querySelector("input:checked, input:not([type=hidden]), select, textarea, button");
  return found ?? element;
}

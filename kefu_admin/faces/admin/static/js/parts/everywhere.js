// The box in the header: Ctrl-K goes there, hits come below it while someone types, arrows choose.

const WAIT = 180; // milliseconds without a key before the box asks

export function startEverywhere() {
  const form = document.querySelector("[data-everywhere]");
  if (!form) return;
  const box = form.querySelector("[data-everywhere-box]");
  const hits = form.querySelector("[data-everywhere-hits]");
  let asked = 0;
  let timer = 0;

  function close() {
    asked += 1;
    clearTimeout(timer);
    hits.hidden = true;
    box.setAttribute("aria-expanded", "false");
  }

  async function ask() {
    const mine = ++asked;
    const text = box.value.trim();
    if (!text) return close();
    const answer = await fetch(form.dataset.everywhere, {
      method: "POST",
      headers: { "X-CSRF-Token": form.querySelector("input[name='_csrf']").value },
      body: new URLSearchParams({ text }),
    }).catch(() => null);
    if (mine !== asked || !answer || !answer.ok || answer.redirected) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (mine !== asked) return;
    hits.replaceChildren(...page.body.childNodes);
    hits.hidden = false;
    box.setAttribute("aria-expanded", "true");
  }

  function move(step) {
    const stops = [box, ...hits.querySelectorAll("[data-hit]")];
    const at = stops.indexOf(document.activeElement);
    stops[(at + step + stops.length) % stops.length].focus();
  }

  box.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, WAIT);
  });
  box.addEventListener("focus", () => {
    if (hits.childNodes.length && box.value.trim()) hits.hidden = false;
  });
  form.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (event.key === "Escape") {
      close();
      box.focus();
      box.select();
    } else if (!hits.hidden && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
      event.preventDefault();
      move(event.key === "ArrowDown" ? 1 : -1);
    }
  });
  form.addEventListener("focusout", (event) => {
    if (event.relatedTarget && !form.contains(event.relatedTarget)) close();
  });
  document.addEventListener("click", (event) => {
    if (!form.contains(event.target)) close();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    if (box.checkVisibility()) box.select();
    else location.assign(form.dataset.page);
  });
}

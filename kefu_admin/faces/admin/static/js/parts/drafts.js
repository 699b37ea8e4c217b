// What is typed is kept on the server as the person's own draft, a moment after the last key; what he
// left behind is offered when he comes back. Files are not part of it.

const WAIT = 1200; // milliseconds without a key
const APART = 4000; // least time between two

export function startDrafts(form) {
  const path = form.dataset.draft;
  if (path === undefined) return keptNowhere(form);
  const state = form.querySelector("[data-draft-state]");
  let dirty = false;
  let undecided = true; // until it is known whether there is a draft from before
  let timer = 0;
  let last = 0;
  let sending = false;
  let sent = false;
  let broken = false;

  const opened = Boolean(form.querySelector("input[name=draft]"));
  if (opened) undecided = false;
  else look();

  form.addEventListener("input", typed);
  form.addEventListener("change", typed);
  form.addEventListener("submit", () => {
    sent = true;
    clearTimeout(timer);
  });
  addEventListener("pageshow", () => (sent = false));
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden" && dirty) keep(true);
  });
  return { hasUnkept: () => files(form) || (dirty && (undecided || broken)) };

  function typed(event) {
    if (event.target.name === "_tab" || event.target.type === "file") return;
    dirty = true;
    if (undecided) say(form.dataset.undecided);
    else wait();
  }

  function wait() {
    clearTimeout(timer);
    timer = setTimeout(() => keep(false), Math.max(WAIT, last + APART - Date.now()));
  }

  async function look() {
    const answer = await fetch(path).catch(() => null);
    if (!answer || answer.status !== 200 || answer.redirected) {
      undecided = false;
      if (dirty) wait();
      return;
    }
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const notice = page.getElementById("draft-offer");
    if (!notice) return;
    form.before(notice);
    if (dirty) say(form.dataset.undecided);
  }

  async function keep(leaving) {
    if (undecided || sending || sent || !dirty) return;
    clearTimeout(timer);
    dirty = false;
    sending = true;
    mark();
    last = Date.now();
    const body = new URLSearchParams();
    for (const [name, value] of new FormData(form)) {
      if (typeof value === "string" && name !== "_tab") body.append(name, value);
    }
    const headers = { "X-CSRF-Token": form.querySelector("input[name='_csrf']").value };
    const answer = await fetch(path, { method: "POST", headers, body, keepalive: leaving && String(body).length < 60000 }).catch(() => null);
    sending = false;
    if (answer?.ok && !answer.redirected) kept((await answer.json()).data.at);
    else failed();
  }

  // Tells the server, when the form is saved, that there is a draft to delete.
  function mark() {
    if (form.querySelector("input[name=draft]")) return;
    const sign = document.createElement("input");
    sign.type = "hidden";
    sign.name = "draft";
    sign.value = "yes";
    form.append(sign);
  }

  function kept(at) {
    broken = false;
    say(`${form.dataset.kept} ${at}${files(form) ? ` · ${form.dataset.withoutFiles}` : ""}`);
    if (dirty) wait();
  }

  function failed() {
    dirty = true;
    broken = true;
    say(form.dataset.unkept);
  }

  function say(text) {
    if (state.textContent !== text) state.textContent = text;
  }
}

function files(form) {
  return [...form.querySelectorAll("input[type=file]")].some((input) => input.files.length);
}

// Forms of the desk itself (people, departments, choices) have no drafts: what is typed is unkept.
function keptNowhere(form) {
  let typed = false;
  for (const kind of ["input", "change"]) form.addEventListener(kind, () => (typed = true));
  return { hasUnkept: () => typed };
}

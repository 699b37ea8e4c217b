// Pages that open inside a list: the filter builder and the settings of its columns. Each is a page
// of its own, of which the part marked data-panel-body is shown in place; its buttons ask the server.

import { startDates } from "./dates.js";
import { startPickers } from "./pickers.js";

export function startPanels() {
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-panel]");
    if (link && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      toggle(link);
      return;
    }
    const close = event.target.closest("[data-panel-close]");
    if (close && place()?.contains(close)) {
      event.preventDefault();
      shut();
    }
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && place()?.contains(event.target) && !event.target.closest(".ts-wrapper")) shut();
  });
  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-refresh]")) ask(event.target.closest("form"), "refresh", event.target.name);
  });
  document.addEventListener("submit", (event) => {
    const pressed = event.submitter;
    if (!event.target.matches("[data-builder]") || pressed?.name !== "do") return;
    if (["apply", "save", "reset"].includes(pressed.value)) return;
    event.preventDefault();
    ask(event.target, pressed.value, pressed.value);
  });
}

function place() {
  return document.getElementById("panel-place");
}

let opener = null;

async function toggle(link) {
  if (opener === link && place().firstChild) {
    shut();
    return;
  }
  const answer = await fetch(link.href, { headers: { Accept: "text/html" } });
  const body = await part(answer);
  if (!body) {
    location.assign(link.href);
    return;
  }
  place().replaceChildren(body);
  opener = link;
  link.setAttribute("aria-expanded", "true");
  started(body);
  body.querySelector("select, input:not([type=hidden]), .button")?.focus();
}

function shut() {
  place().replaceChildren();
  opener?.setAttribute("aria-expanded", "false");
  opener?.focus();
  opener = null;
}

// The form once more as the server makes it of what stands in it; the focus stays where it was.
async function ask(form, deed, focused) {
  const sent = new URLSearchParams(new FormData(form));
  sent.set("do", deed);
  form.inert = true; // what is typed meanwhile would be lost
  const answer = await fetch(form.action, { method: "POST", body: sent, headers: { Accept: "text/html" } });
  const body = await part(answer);
  if (!body) {
    location.reload();
    return;
  }
  form.closest("[data-panel-body]").replaceWith(body);
  started(body);
  settle(body, deed, focused);
}

function settle(body, deed, focused) {
  const [verb, at] = deed.split(" ");
  if (verb === "add" || verb === "group") {
    const fields = body.querySelectorAll(`[name^="${CSS.escape(`${at}.`)}"][name$=".field"]`);
    fields[fields.length - 1]?.focus();
    return;
  }
  const again = [...body.querySelectorAll("[name]")].find((one) => one.name === focused || (one.name === "do" && one.value === focused));
  (again ?? body.querySelector(".builder-add .button, .button"))?.focus();
}

function started(body) {
  startPickers(body);
  startDates(body);
}

async function part(answer) {
  if (!answer.ok || answer.redirected) return null;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const unscripted of page.querySelectorAll("noscript")) unscripted.remove();
  const body = page.querySelector("[data-panel-body]");
  if (body) await bring(page);
  return body && document.adoptNode(body);
}

// What the page needs beside ours: styles, and scripts one after the other.
async function bring(page) {
  for (const style of page.querySelectorAll("link[rel=stylesheet]")) {
    if (![...document.styleSheets].some((sheet) => sheet.href === style.href)) {
      const ours = document.querySelector("link[href*='css/panel.css']");
      ours.before(document.adoptNode(style));
    }
  }
  for (const script of page.querySelectorAll("script[src]:not([type=module])")) {
    if ([...document.scripts].some((one) => one.src === script.src)) continue;
    await new Promise((done) => {
      const added = document.createElement("script");
      added.src = script.src;
      added.addEventListener("load", done);
      added.addEventListener("error", done);
      document.head.append(added);
    });
  }
}

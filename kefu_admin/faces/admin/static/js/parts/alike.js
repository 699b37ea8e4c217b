// Below a field of a new record: records that may be the same. What is typed goes in the body.

const WAIT = 500; // milliseconds without a key before a name is asked for

export function showAlike(form) {
  if (!form.dataset.alike) return;
  for (const name of form.dataset.alikeFields.split(" ")) {
    const input = form.elements.namedItem(name);
    const field = input instanceof Element ? input.closest("[data-field]") : null;
    if (field) follow(form, input, field.querySelector(".field-body") ?? field);
  }
}

function follow(form, input, body) {
  const place = document.createElement("div");
  place.className = "alike";
  place.setAttribute("role", "status");
  body.append(place);
  let asked = 0;
  let timer = 0;
  let last = "";

  async function ask() {
    clearTimeout(timer);
    const text = input.value.trim();
    if (text === last) return;
    last = text;
    const mine = ++asked;
    if (!text) return place.replaceChildren();
    const answer = await fetch(form.dataset.alike, {
      method: "POST",
      headers: { "X-CSRF-Token": form.querySelector("input[name='_csrf']").value },
      body: new URLSearchParams({ [input.name]: text }),
    }).catch(() => null);
    if (mine !== asked) return;
    if (!answer || !answer.ok || answer.redirected) return place.replaceChildren();
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (mine === asked) place.replaceChildren(...page.body.childNodes);
  }

  input.addEventListener("change", ask);
  if (input.type === "text") {
    input.addEventListener("input", (event) => {
      clearTimeout(timer);
      if (!event.isComposing) timer = setTimeout(ask, WAIT);
    });
  }
}

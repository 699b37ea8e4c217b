// Pick-lists that look records up while someone types; the term goes in the body, never the address.

// The control that takes the select's place carries its label; the select itself is for nobody.
function replace(control, options) {
  new window.TomSelect(control, options);
  control.setAttribute("aria-hidden", "true");
}

export function startPickers(root) {
  if (!window.TomSelect) return;
  for (const select of root.querySelectorAll("select[data-picker]")) {
    if (!select.tomselect && !select.closest("template")) start(select);
  }
  for (const input of root.querySelectorAll("input[data-tags]")) {
    if (!input.tomselect && !input.closest("template")) tags(input);
  }
}

function start(select) {
  replace(select, {
    valueField: "id",
    labelField: "label",
    searchField: [],
    maxOptions: 50,
    preload: "focus",
    plugins: select.multiple ? ["remove_button"] : [],
    load: (term, done) => look(select.dataset.picker, term).then(done, () => done()),
    shouldLoad: () => true,
    render: {
      no_results: () => notice(document.body.dataset.none),
    },
    onDropdownOpen() {
      this.clearOptions((option) => this.items.includes(String(option.id)));
      this.load("");
    },
  });
}

function tags(input) {
  replace(input, {
    delimiter: "、",
    splitOn: /[,，、;；]/,
    create: true,
    persist: false,
    plugins: ["remove_button"],
    render: {
      no_results: null,
      option_create: (data) => notice(`${document.body.dataset.add} ${data.input}`, "create"),
    },
  });
}

function notice(text, name = "no-results") {
  const line = document.createElement("div");
  line.className = name;
  line.textContent = text;
  return line;
}

async function look(path, term) {
  const token = document.querySelector("input[name='_csrf']").value;
  const answer = await fetch(path, {
    method: "POST",
    headers: { "X-CSRF-Token": token, Accept: "application/json" },
    body: new URLSearchParams({ term }),
  });
  if (!answer.ok) throw new Error(String(answer.status));
  return (await answer.json()).data;
}

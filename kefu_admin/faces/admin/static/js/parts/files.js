// Files of a form: chosen, dropped or pasted, shown before they are sent, and sent with a progress bar.
// What a file is, and whether it is taken, the server says.

const MIB = 1024 * 1024;

export function startFiles(form) {
  const fields = [...form.querySelectorAll("[data-files]")].map((place) => field(form, place));
  if (!fields.length) return;
  document.addEventListener("paste", (event) => {
    const pasted = [...(event.clipboardData?.files ?? [])];
    if (!pasted.length) return;
    const target = fields.find((one) => one.place.contains(event.target)) ?? fields.find((one) => one.place.checkVisibility() && one.takes(pasted)) ?? fields.find((one) => one.takes(pasted));
    if (!target) return;
    event.preventDefault();
    target.add(pasted.map((file) => named(form, file)));
  });
  form.addEventListener("submit", (event) => {
    if (event.submitter?.name || !fields.some((one) => one.input.files.length)) return;
    event.preventDefault();
    send(form);
  });
}

function field(form, place) {
  const input = place.querySelector("input[type=file]");
  const chosen = place.querySelector("[data-chosen]");
  const many = "many" in place.dataset;
  let held = new DataTransfer();
  place.querySelector("[data-files-note]").hidden = false;

  function add(files) {
    if (!many) held = new DataTransfer();
    for (const file of many ? files : files.slice(-1)) {
      if (file.size > Number(form.dataset.mostMib) * MIB) refuse(file);
      else held.items.add(file);
    }
    show();
  }

  function refuse(file) {
    const line = document.createElement("span");
    line.className = "field-error";
    line.role = "alert";
    line.textContent = form.dataset.tooLarge.replace("{name}", file.name);
    place.append(line);
    setTimeout(() => line.remove(), 8000);
  }

  function show() {
    input.files = held.files;
    chosen.replaceChildren(...[...held.files].map((file, at) => line(file, at)));
  }

  function line(file, at) {
    const made = document.createElement("span");
    made.className = "file-line";
    if (file.type.startsWith("image/")) made.append(picture(file));
    const name = document.createElement("span");
    name.textContent = `${file.name} · ${size(file.size)}`;
    const remove = document.createElement("button");
    remove.type = "button";
    remove.className = "button quiet slim";
    remove.textContent = form.dataset.remove;
    remove.addEventListener("click", () => {
      held.items.remove(at);
      show();
    });
    made.append(name, remove);
    return made;
  }

  input.addEventListener("change", () => add([...input.files]));
  for (const type of ["dragenter", "dragover"]) {
    place.addEventListener(type, (event) => {
      if (!event.dataTransfer.types.includes("Files")) return;
      event.preventDefault();
      place.classList.add("over");
    });
  }
  for (const type of ["dragleave", "drop"]) place.addEventListener(type, () => place.classList.remove("over"));
  place.addEventListener("drop", (event) => {
    if (!event.dataTransfer.files.length) return;
    event.preventDefault();
    add([...event.dataTransfer.files]);
  });
  const takes = (files) => !input.accept || files.every((file) => file.type.startsWith("image/"));
  return { place, input, add, takes };
}

// Read as data: the page may load pictures from nowhere else.
function picture(file) {
  const image = document.createElement("img");
  image.className = "thumb";
  image.alt = "";
  const reader = new FileReader();
  reader.addEventListener("load", () => (image.src = reader.result));
  reader.readAsDataURL(file);
  return image;
}

// A picture from the clipboard is called image.png by every browser.
function named(form, file) {
  if (file.name !== "image.png") return file;
  const now = new Date();
  const two = (number) => String(number).padStart(2, "0");
  const at = `${now.getFullYear()}${two(now.getMonth() + 1)}${two(now.getDate())}-${two(now.getHours())}${two(now.getMinutes())}${two(now.getSeconds())}`;
  return new File([file], `${form.dataset.picture}-${at}.png`, { type: file.type });
}

function size(bytes) {
  return bytes < MIB ? `${Math.max(1, Math.round(bytes / 1024))} KB` : `${(bytes / MIB).toFixed(1)} MB`;
}

function send(form) {
  const bar = form.querySelector("[data-progress]");
  const state = form.querySelector("[data-draft-state]");
  const request = new XMLHttpRequest();
  bar.hidden = false;
  state.textContent = form.dataset.sending;
  request.upload.addEventListener("progress", (event) => {
    if (event.lengthComputable) bar.value = event.loaded / event.total;
  });
  request.addEventListener("load", () => {
    const there = new URL(request.responseURL || form.action);
    // saved: go where it leads; refused: let the browser send it and show the answer
    if (there.pathname !== new URL(form.action).pathname) location.assign(there);
    else form.submit();
  });
  request.addEventListener("error", () => {
    bar.hidden = true;
    state.textContent = form.dataset.unsent;
    delete form.dataset.sent;
  });
  request.open("POST", form.action);
  request.send(new FormData(form));
}

// The page of a batch under way: asks how far it is and shows the result when it is over.

const box = document.querySelector("[data-poll]");

async function look() {
  const answer = await fetch(box.dataset.poll, { headers: { Accept: "application/json" } });
  if (!answer.ok) return;
  const { data } = await answer.json();
  if (!["freezing", "planning", "running"].includes(data.state)) {
    location.reload();
    return;
  }
  const line = box.querySelector("progress");
  line.max = data.total;
  line.value = data.settled;
  const total = data.total.toLocaleString("en-US");
  const settled = data.settled.toLocaleString("en-US");
  box.querySelector("[data-progress]").textContent = `${settled} / ${total}`;
  window.setTimeout(look, 1500);
}

if (box) window.setTimeout(look, 800);

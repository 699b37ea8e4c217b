// The page of a record for paper: one button that opens the browser's print dialogue.

const button = document.querySelector("[data-print]");
button.hidden = false;
document.querySelector("[data-hint]").hidden = true;
button.addEventListener("click", () => window.print());

// Calendars in the page's language. The fields are plain date fields until this has run.

export function startDates(root) {
  if (!window.flatpickr) return;
  const locale = document.body.dataset.locale === "en" ? "default" : "zh";
  const common = { allowInput: true, locale, disableMobile: false };
  for (const input of root.querySelectorAll("input[data-date]")) {
    if (!input._flatpickr && !input.closest("template")) {
      window.flatpickr(input, { ...common, dateFormat: "Y-m-d" });
    }
  }
  for (const input of root.querySelectorAll("input[data-time]")) {
    if (!input._flatpickr && !input.closest("template")) {
      window.flatpickr(input, { ...common, enableTime: true, noCalendar: true, time_24hr: true, dateFormat: "H:i" });
    }
  }
  for (const input of root.querySelectorAll("input[data-datetime]")) {
    if (!input._flatpickr && !input.closest("template")) {
      window.flatpickr(input, { ...common, enableTime: true, time_24hr: true, dateFormat: "Y-m-d H:i", defaultDate: input.value.replace("T", " ") || null });
    }
  }
}

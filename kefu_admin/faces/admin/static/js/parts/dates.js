// Calendars in the page's language, weeks from Monday as everywhere in the desk. The fields are plain
// date fields until this has run.

function inLanguage({ locale, month, year, hour, minute, day }) {
  const names = window.flatpickr.l10ns;
  const said = { monthAriaLabel: month, yearAriaLabel: year, hourAriaLabel: hour, minuteAriaLabel: minute };
  return {
    locale: { ...(locale === "en" ? names.default : names.zh), ...said, firstDayOfWeek: 1 },
    ariaDateFormat: day,
  };
}

export function startDates(root) {
  if (!window.flatpickr) return;
  const common = { allowInput: true, disableMobile: false, ...inLanguage(document.body.dataset) };
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

// The page works without this file. It adds: GOV.UK Frontend's behaviours, a date that is saved
// when the whole of it is left and not box by box, and words when a save did not get through.
import { createAll, ErrorSummary, PasswordInput, SkipLink } from "../vendor/govuk-frontend.min.js";

document.body.classList.add("js-enabled", "govuk-frontend-supported");
for (const component of [ErrorSummary, PasswordInput, SkipLink]) {
  createAll(component);
}

// A date half typed is not yet an answer: hold back the boxes' own events until focus leaves all three.
const DATE = ".govuk-date-input";
const changedDates = new WeakSet();

document.addEventListener(
  "change",
  (event) => {
    const date = event.isTrusted && event.target.closest(`[data-app-autosave] ${DATE}`);
    if (date) {
      changedDates.add(date);
      event.stopPropagation();
    }
  },
  true,
);

document.addEventListener("focusout", (event) => {
  const date = event.target.closest(DATE);
  if (date && changedDates.has(date) && !date.contains(event.relatedTarget)) {
    changedDates.delete(date);
    date.dispatchEvent(new Event("change", { bubbles: true }));
  }
});

// A save that never arrived says so where "Saved" would stand; what was typed stays in its box.
function sayNotSaved(event) {
  const item = event.target.closest(".app-item");
  const saved = item && item.querySelector(".app-item__saved");
  if (saved) {
    saved.textContent = "Not saved: no connection. Your words are still here; try again.";
    saved.classList.add("app-item__saved--failed");
  }
}
document.addEventListener("htmx:sendError", sayNotSaved);
document.addEventListener("htmx:timeout", sayNotSaved);
document.addEventListener("htmx:afterRequest", (event) => {
  const saved = event.target.closest?.(".app-item")?.querySelector(".app-item__saved");
  if (saved && event.detail.xhr?.status) {
    saved.classList.toggle("app-item__saved--failed", event.detail.xhr.status >= 400);
  }
});

// Leaving while a box holds words that no save has taken asks first.
const taken = new WeakMap();
document.addEventListener("htmx:beforeRequest", (event) => {
  if (event.target.matches("[data-app-autosave]")) {
    for (const box of event.target.querySelectorAll("textarea, input[type=text]")) {
      taken.set(box, box.value);
    }
  }
});
addEventListener("beforeunload", (event) => {
  const box = document.activeElement;
  if (box?.matches("[data-app-autosave] textarea, [data-app-autosave] input[type=text]")) {
    if (box.value !== (taken.get(box) ?? box.defaultValue)) {
      event.preventDefault();
    }
  }
});

// A conflict that has just appeared is the next thing to read.
document.addEventListener("htmx:oobAfterSwap", (event) => {
  event.detail.target?.querySelector?.(".app-conflict")?.scrollIntoView({ block: "nearest" });
});

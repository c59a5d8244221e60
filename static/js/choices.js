// Arrow keys choose every radio button and option that they pass. So a choice by key is held back
// until focus leaves the group, until Enter, or until the form is sent in another way: the history
// shows what was meant, once. A choice by pointer, by Space or by a screen reader is saved at once.
const SAVING = "form[data-hx-trigger*='change']";
const IMMEDIATE = ["Enter", " ", "Tab", "Shift"];
const WORDS = "Not saved yet. Press Enter or leave this field to save.";

const held = new WeakMap(); // form: the control that was changed
const released = new WeakSet();
let byKey = false;

document.addEventListener(
  "keydown",
  ({ key, target }) => {
    byKey = target.matches("[type=radio], select") && !IMMEDIATE.includes(key);
  },
  true,
);
document.addEventListener("pointerdown", () => (byKey = false), true);

const groupOf = (control) => (control.type === "radio" && control.closest("fieldset")) || control;

function release(form) {
  const control = held.get(form);
  if (control) {
    held.delete(form);
    const change = new Event("change", { bubbles: true });
    released.add(change);
    control.dispatchEvent(change);
  }
}

document.addEventListener(
  "change",
  (event) => {
    const control = event.target;
    const form = control.matches("[type=radio], select") && control.closest(SAVING);
    // A due date has its own rule, in app.js.
    if (!form || released.has(event) || control.closest("[data-app-group], .app-conflict")) {
      return;
    }
    if (!byKey) {
      held.delete(form);
      return;
    }
    event.stopImmediatePropagation();
    held.set(form, control);
    const line = form.closest(".app-item")?.querySelector(".app-item__saved");
    if (line && line.textContent !== WORDS) {
      line.textContent = WORDS;
      line.classList.remove("app-item__saved--failed");
    }
  },
  true,
);

document.addEventListener("focusout", ({ target, relatedTarget }) => {
  const form = target.closest(SAVING);
  if (held.has(form) && !groupOf(held.get(form)).contains(relatedTarget)) {
    release(form);
  }
});

// A browser sends a form by Enter only if it has a button, and the form of a status has none.
document.addEventListener("keydown", (event) => {
  const form = event.key === "Enter" && event.target.closest(SAVING);
  if (form && held.has(form)) {
    event.preventDefault();
    release(form);
  }
});

document.addEventListener("submit", ({ target }) => held.delete(target), true);

// On a slow connection a status can be chosen before htmx is there to save it. These forms are not
// filled in again by the browser, so a choice that differs from the page is a person's.
document.addEventListener(
  "htmx:load",
  () => {
    for (const radio of document.querySelectorAll(`${SAVING}[autocomplete=off] input:checked`)) {
      if (!radio.defaultChecked) {
        radio.dispatchEvent(new Event("change", { bubbles: true }));
      }
    }
  },
  { once: true },
);

// The page works without this file. It adds: GOV.UK Frontend's behaviours, a date that is saved
// when the whole of it is left and not box by box, words when a save did not get through, and a
// question before one leaves what is not saved.
import {
  Button,
  createAll,
  ErrorSummary,
  PasswordInput,
  SkipLink,
} from "../vendor/govuk-frontend.min.js";
import "./news.js";
import "./session.js";

document.body.classList.add("js-enabled", "govuk-frontend-supported");
for (const component of [Button, ErrorSummary, PasswordInput, SkipLink]) {
  createAll(component);
}

// A date half typed is not yet an answer: the boxes' own events are held back until focus leaves
// all three.
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

// What one chooses in a conflict is sent by the button below it, not as soon as it is chosen.
document.addEventListener(
  "change",
  (event) => {
    if (event.target.closest(".app-conflict")) {
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

// "Saved" stands only beside what is saved: it goes when a save begins, and comes with the answer.
// A save that is refused or never arrives says so in its place; what was typed stays in its box.
const line = (event) =>
  event.target.closest?.(".app-item, .app-comment-form")?.querySelector(".app-item__saved");

function say(event, words, failed) {
  const saved = line(event);
  if (saved) {
    if (words !== undefined) {
      saved.textContent = words;
    }
    saved.classList.toggle("app-item__saved--failed", failed);
  }
}

const isSave = (event) => event.detail.requestConfig?.verb === "post";
// These bring their own words: a conflict, and an answer to be put right.
const EXPLAINED = [409, 422];

document.addEventListener("htmx:afterRequest", (event) => {
  const { xhr } = event.detail;
  const done = isSave(event) ? "saved" : "opened";
  if (!xhr.status) {
    const next = event.target.matches?.("[data-app-autosave], .app-item form")
      ? "It is still here and is sent again once you are connected."
      : "Try again.";
    say(event, `Not ${done}: no connection. ${next}`, true);
  } else if (xhr.status < 400 || EXPLAINED.includes(xhr.status)) {
    say(event, undefined, xhr.status >= 400);
  } else {
    // The rest is told at the top of the page, if it was the planner that answered.
    const told = xhr.getResponseHeader("HX-Retarget");
    const more = told ? "" : ": the service did not answer. Try again in a minute";
    say(event, `Not ${done}${more}.`, true);
  }
});

// Each form knows how often it was edited, and how much of that is sent and saved.
const edits = new WeakMap();
const editsOf = (form) => edits.get(form) ?? { made: 0, sent: 0, saved: 0 };
const isUnsaved = (form) => editsOf(form).made > editsOf(form).saved;
const FORMS = ".app-item form, .app-comment-form";
const forms = () => [...document.querySelectorAll(FORMS)];

document.addEventListener("input", (event) => {
  const form = event.target.form;
  if (form?.matches(FORMS)) {
    edits.set(form, { ...editsOf(form), made: editsOf(form).made + 1 });
  }
});

// While "Save and close" is on its way nothing more can be typed into what is about to be replaced.
const focusOf = new WeakMap();

function hold(form, button) {
  focusOf.set(form, document.activeElement);
  for (const part of form.children) {
    part.inert = !part.contains(button);
  }
}

function release(form) {
  for (const part of form.children) {
    part.inert = false;
  }
  if (document.activeElement === document.body) {
    focusOf.get(form)?.focus();
  }
  focusOf.delete(form);
}

document.addEventListener("htmx:beforeRequest", (event) => {
  if (isSave(event)) {
    const form = event.target;
    const button = event.detail.requestConfig.triggeringEvent?.submitter;
    say(event, "", false);
    edits.set(form, { ...editsOf(form), sent: editsOf(form).made });
    if (["close", "merge"].includes(button?.name)) {
      hold(form, button);
    }
  }
});

document.addEventListener("htmx:afterRequest", (event) => {
  if (isSave(event)) {
    const form = event.detail.requestConfig.elt;
    release(form);
    const { status } = event.detail.xhr;
    if (status >= 200 && status < 300) {
      edits.set(form, { ...editsOf(form), saved: editsOf(form).sent });
      document.querySelector("#page-message .app-message--warning")?.remove();
    }
  }
});

function sendUnsaved() {
  for (const form of forms().filter(isUnsaved)) {
    if (form.matches(".app-item [data-hx-post]")) {
      form.dispatchEvent(new Event("change", { bubbles: true }));
    }
  }
}

addEventListener("online", sendUnsaved);
addEventListener("app:signed-in", sendUnsaved);

// Leaving while something is not saved asks first, unless the form itself is what one leaves by.
addEventListener("beforeunload", (event) => {
  if (forms().some(isUnsaved)) {
    event.preventDefault();
  }
});
addEventListener("submit", (event) => {
  if (!event.defaultPrevented) {
    edits.delete(event.target);
  }
});

// A conflict that has just appeared is the next thing to read.
document.addEventListener("htmx:oobAfterSwap", (event) => {
  event.detail.target?.querySelector?.(".app-conflict")?.scrollIntoView({ block: "nearest" });
});

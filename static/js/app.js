// Every page works without this file. It adds the behaviours of GOV.UK Frontend, saves a date when
// focus leaves all its fields and a choice made by key when focus leaves its group, says when a save
// failed, and asks before the user leaves unsaved changes.
import {
  Button,
  createAll,
  ErrorSummary,
  PasswordInput,
  SkipLink,
} from "../vendor/govuk-frontend.min.js";
import "./announce.js";
import "./choices.js";
import "./news.js";
import "./session.js";

document.body.classList.add("js-enabled", "govuk-frontend-supported");
for (const component of [Button, ErrorSummary, PasswordInput, SkipLink]) {
  createAll(component);
}

// A half-typed due date is not an answer, so the events of its fields are held back until focus
// leaves all of them. Choosing how the date is set only shows other fields: it saves nothing until
// one of them changes, or until "Save and close".
const DATE = "[data-app-group]";
const changedDates = new WeakSet();
const releasedEvents = new WeakSet();
const touchedDates = new WeakSet();

document.addEventListener(
  "change",
  (event) => {
    const date = event.target.closest(`[data-app-autosave] ${DATE}`);
    if (date && !releasedEvents.has(event)) {
      event.stopPropagation();
      if (event.target.name !== "due_by") {
        changedDates.add(date);
        touchedDates.add(date);
      }
      showDay(date);
    }
  },
  true,
);

document.addEventListener("htmx:configRequest", (event) => {
  const { parameters, triggeringEvent } = event.detail;
  const date = event.target.querySelector?.(DATE);
  const isButton = triggeringEvent?.submitter;
  if (date && !isButton && !touchedDates.has(date) && parameters.has?.("due_by")) {
    const saved = [...date.querySelectorAll("[name=due_by]")].find((each) => each.defaultChecked);
    if (saved) {
      parameters.set("due_by", saved.value);
    }
  }
});

// The day that a rule comes to, while it is edited.
let asked;

async function showDay(date) {
  const line = date.querySelector("[data-app-due-day]");
  if (!line) {
    return;
  }
  const chosen = date.querySelector("[name=due_by]:checked");
  const isNew = chosen && !chosen.defaultChecked && !touchedDates.has(date);
  const unsaved = isNew ? "Not saved yet: select Save and close." : "";
  line.textContent = unsaved;
  if (chosen?.value !== "rule") {
    return;
  }
  const parts = [...date.querySelectorAll(".app-offset input, .app-offset select")];
  const query = new URLSearchParams(parts.map((part) => [part.name, part.value]));
  asked?.abort();
  asked = new AbortController();
  try {
    const response = await fetch(`${line.dataset.appDueDay}?${query}`, { signal: asked.signal });
    if (response.ok && !response.redirected) {
      line.textContent = [await response.text(), unsaved].filter(Boolean).join(". ");
    }
  } catch {
    // Without a connection the line stays as it is.
  }
}

document.addEventListener("input", (event) => {
  const date = event.target.closest(DATE);
  if (date && event.target.closest(".app-offset")) {
    showDay(date);
  }
});

// "Not needed" is not sent before there is a reason, which its box then asks for.
document.addEventListener(
  "change",
  (event) => {
    const { form, name, value } = event.target;
    const reason = form?.matches("[data-app-autosave]") && form.elements.reason;
    if (reason && name === "status" && value === "not-needed") {
      if (!reason.value.trim()) {
        event.stopPropagation();
      }
    }
  },
  true,
);

// Choices in a conflict are sent by the button below them, not when they are selected.
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
    const change = new Event("change", { bubbles: true });
    releasedEvents.add(change);
    date.dispatchEvent(change);
  }
});

// "Saved" is only shown beside what has been saved: it is cleared when a save begins and comes back
// with the response. If a save fails, this line says so, and what was typed stays in its field.
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
// A proxy or a network that asks to sign in can answer 200 in place of the planner, which has saved
// nothing then. Every response of the planner has this header; see noc_transition/middleware.py.
const isOurs = ({ xhr }) => xhr.getResponseHeader("X-Answered-By") === "planner";
// The responses to a conflict and to an invalid answer explain themselves.
const EXPLAINED = [409, 422];

document.addEventListener("htmx:afterRequest", (event) => {
  const { xhr } = event.detail;
  const done = isSave(event) ? "saved" : "opened";
  if (!xhr.status) {
    const next = event.target.matches?.("[data-app-autosave], .app-item form")
      ? "Your changes are still here and will be sent when you are connected."
      : "Try again.";
    say(event, `Not ${done}: no connection. ${next}`, true);
  } else if (isOurs(event.detail) && (xhr.status < 400 || EXPLAINED.includes(xhr.status))) {
    say(event, undefined, xhr.status >= 400);
  } else {
    // If the planner itself responded, the message at the top of the page says the rest.
    const told = xhr.getResponseHeader("HX-Retarget");
    const more = told ? "" : ": the service did not respond. Try again in a minute";
    say(event, `Not ${done}${more}.`, true);
  }
});

document.addEventListener("htmx:beforeSwap", (event) => {
  if (!isOurs(event.detail)) {
    event.detail.shouldSwap = false;
  }
});

// A field with an error says so to screen readers, and no longer when it is right.
document.addEventListener("htmx:afterSettle", () => {
  for (const control of document.querySelectorAll("[aria-describedby*='-error-']")) {
    if (control.matches("input, select, textarea")) {
      const ids = control.getAttribute("aria-describedby").split(" ");
      const errors = ids.filter((id) => id.includes("-error-"));
      const isWrong = errors.some((id) => document.getElementById(id)?.matches(".govuk-error-message:not(:empty)"));
      control.toggleAttribute("aria-invalid", isWrong);
      if (isWrong) {
        control.setAttribute("aria-invalid", "true");
      }
    }
  }
});

// For each form: how often it was edited, and how many of those edits are sent and saved.
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

// While "Save and close" is running, the form that it will replace cannot be edited.
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
    if (status >= 200 && status < 300 && isOurs(event.detail)) {
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

// Ask before leaving with unsaved changes, unless the form itself is being submitted.
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

// A message about the last change goes with the next one.
document.addEventListener("input", () => {
  for (const message of document.querySelectorAll("#page-message .app-message")) {
    if (!message.matches(".app-message--warning")) {
      message.remove();
    }
  }
});

// Scroll to a conflict that has just appeared.
document.addEventListener("htmx:oobAfterSwap", (event) => {
  event.detail.target?.querySelector?.(".app-conflict")?.scrollIntoView({ block: "nearest" });
});

// Buttons that copy a field, shown only where the browser can copy.
for (const button of document.querySelectorAll("[data-app-copies]")) {
  button.hidden = !navigator.clipboard;
  button.addEventListener("click", async () => {
    const field = document.getElementById(button.dataset.appCopies);
    field.select(); // to be copied by hand, if the browser refuses
    try {
      await navigator.clipboard.writeText(field.value);
      button.textContent = "Copied";
      document.querySelector("#announcement").textContent = "Copied";
    } catch {
      button.hidden = true;
    }
  });
}

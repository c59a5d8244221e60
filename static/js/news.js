// An open step page asks every few seconds who else is viewing it and what colleagues changed, and an
// election night page which results were entered. A step page sends the version it has of each
// action, and the response does not replace what is open or in use. A hidden page sends nothing, and
// these requests do not extend the session.
const EVERY = 7000; // milliseconds

const form = document.querySelector("[data-app-news]");
const pause = form?.querySelector("[data-app-pause]");
let isOver = false;
let isPaused = false;

function stateOf(box) {
  if (box.matches(".app-item--open")) {
    return "o";
  }
  return box.contains(document.activeElement) || box.querySelector(".app-conflict") ? "u" : "r";
}

function onPage() {
  const boxes = [...document.querySelectorAll("article.app-item[id^='item-']")];
  return boxes.map((box) => {
    const version = box.querySelector("[name=version]")?.value ?? box.dataset.appVersion;
    const told =
      box.querySelector(".app-newer")?.dataset.appVersion ??
      box.querySelector(".app-conflict [name=overwrite]")?.value ??
      0;
    return `${box.id.slice("item-".length)}.${version}.${told}.${stateOf(box)}`;
  });
}

function ask() {
  if (!isOver && !isPaused && document.visibilityState === "visible") {
    if (form.elements.items) {
      form.elements.items.value = onPage().join(",");
    }
    form.dispatchEvent(new Event("app:ask"));
  }
}

if (form) {
  setInterval(ask, EVERY);
  document.addEventListener("visibilitychange", ask);
  addEventListener("app:signed-in", () => {
    isOver = false;
  });
  addEventListener("load", ask);

  // WCAG 2.2.2: users can pause automatic updates.
  pause.hidden = false;
  pause.addEventListener("click", () => {
    isPaused = !isPaused;
    pause.textContent = `${isPaused ? "Resume" : "Pause"} updates from colleagues`;
    ask();
  });

  // Of errors, only "you have been signed out" is shown: the user did not send this request.
  form.addEventListener("htmx:beforeSwap", (event) => {
    const { status } = event.detail.xhr;
    isOver = status >= 400 && status < 500;
    if (status >= 400 && status !== 401) {
      event.detail.shouldSwap = false;
    }
  });

  // Do not replace an action that the user opened or focused while the request was running.
  document.addEventListener("htmx:oobBeforeSwap", (event) => {
    const { target } = event.detail;
    if (target.matches("article.app-item") && stateOf(target) !== "r") {
      event.detail.shouldSwap = false;
    }
  });
}

// An open step page asks every few seconds who else is viewing it and what colleagues have changed.
// It sends the version it shows of each action, and the answer does not replace actions that are
// open or in use. A hidden page asks nothing, and asking does not extend the session.
const EVERY = 7000; // milliseconds

const form = document.querySelector("[data-app-news]");
let isOver = false;

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
  if (!isOver && document.visibilityState === "visible") {
    form.elements.items.value = onPage().join(",");
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

  // Of the errors, only "you have been signed out" is shown: the person did not ask for this.
  form.addEventListener("htmx:beforeSwap", (event) => {
    const { status } = event.detail.xhr;
    isOver = status >= 400 && status < 500;
    if (status >= 400 && status !== 401) {
      event.detail.shouldSwap = false;
    }
  });

  // An action that was opened or focused while the answer was on its way is not replaced.
  document.addEventListener("htmx:oobBeforeSwap", (event) => {
    const { target } = event.detail;
    if (target.matches("article.app-item") && stateOf(target) !== "r") {
      event.detail.shouldSwap = false;
    }
  });
}

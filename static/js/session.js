// A page that was left open keeps working when its person has signed in again in any tab: its forms
// get the token of the new session, and what could not be saved is sent again. Scripts cannot read
// the cookie with the token, so the page asks the server for it.
const ONCE_IN = 5000; // milliseconds; a token that was refused a moment ago would be refused again

let signedOut = false;
let renewedAt = -ONCE_IN;

function tell(words) {
  const message = document.createElement("div");
  message.className = "app-message app-message--warning";
  message.append(document.createElement("p"));
  message.firstChild.className = "govuk-body";
  message.firstChild.textContent = words;
  document.querySelector("#page-message")?.replaceChildren(message);
}

async function renew() {
  const { appPerson, appSession } = document.body.dataset;
  if (!appSession || performance.now() - renewedAt < ONCE_IN) {
    return;
  }
  renewedAt = performance.now();
  const answer = await fetch(appSession, { headers: { "HX-Request": "true" } }).catch(() => null);
  if (!answer?.ok) {
    renewedAt = -ONCE_IN; // not signed in yet, or not connected: ask again next time
    return;
  }
  const { person, token } = await answer.json();
  if (String(person) !== appPerson) {
    tell("Someone else has signed in using this browser, so your work has not been saved. Copy what you typed, then sign in as yourself.");
    return;
  }
  signedOut = false;
  for (const box of document.querySelectorAll("input[name=csrfmiddlewaretoken]")) {
    box.value = token;
  }
  document.querySelector("#page-message .app-message--warning")?.remove();
  dispatchEvent(new Event("app:signed-in"));
}

document.addEventListener("htmx:afterRequest", (event) => {
  signedOut ||= event.detail.xhr.status === 401;
});
document.addEventListener("app:outdated", renew);

function returned() {
  if (signedOut && document.visibilityState === "visible") {
    renew();
  }
}
addEventListener("focus", returned);
document.addEventListener("visibilitychange", returned);

// Before a session ends without use, a dialog offers to extend it. Pages in other tabs of the browser
// extend the same session, so they tell one another. Times are in milliseconds.
const WARNING = 5 * 60 * 1000;
const { appIdle, appLife, appSession: address } = document.body.dataset;
const dialog = document.querySelector("#session-ends");
const mostly = performance.timeOrigin + Number(appLife) * 1000; // when it ends however much it is used
const tabs = new BroadcastChannel("session");
let endsAt = 0;
let timer;

function clock(moment) {
  const options = { hour: "numeric", minute: "2-digit", hour12: true };
  return new Date(moment).toLocaleTimeString("en-GB", options).replace(" ", "");
}

function expect(moment) {
  endsAt = moment;
  clearTimeout(timer);
  timer = setTimeout(warn, Math.max(0, endsAt - WARNING - Date.now()));
  if (dialog.open) {
    dialog.close();
  }
}

function used() {
  const moment = Math.min(Date.now() + Number(appIdle) * 1000, mostly);
  if (moment > endsAt) {
    expect(moment);
    tabs.postMessage(moment);
  }
}

function warn() {
  if (Date.now() >= endsAt) {
    return; // the computer was asleep: the next request says that the session has ended
  }
  if (endsAt === mostly) {
    tell(`You signed in 12 hours ago, so you will be signed out at ${clock(endsAt)}. What you have typed stays on the page.`);
    return;
  }
  dialog.querySelector("[data-app-time]").textContent = clock(endsAt);
  dialog.showModal();
}

if (dialog && address) {
  used();
  tabs.addEventListener("message", ({ data }) => data > endsAt && expect(data));
  document.addEventListener("htmx:afterRequest", (event) => {
    const { status } = event.detail.xhr; // 0 without a connection
    if (status && status < 400 && !event.detail.elt?.closest("[data-app-news]")) {
      used();
    }
  });
  dialog.querySelector("button").addEventListener("click", () => dialog.close());
  // By its button or by Escape: either way the person is there.
  dialog.addEventListener("close", async () => {
    if (Date.now() < endsAt && endsAt - Date.now() <= WARNING) {
      const answer = await fetch(address).catch(() => null);
      if (answer?.ok) {
        used();
      }
    }
  });
}

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

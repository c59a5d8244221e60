// Screen readers read a live region only if its words change while it is on the page. Words that
// come with the page, or within new content, are therefore repeated in a region that was there
// before.
const AFTER = 1000; // milliseconds; the title of the page and the element with focus are read first
const KEPT = 10000;

const region = document.querySelector("#announcement");
let timer;
let last = ""; // a part that is fetched again and again is read only when it changed

function announce(words) {
  if (!region || !words || words === last) {
    return;
  }
  last = words;
  clearTimeout(timer);
  region.textContent = "";
  timer = setTimeout(() => {
    region.textContent = words;
    timer = setTimeout(() => {
      region.textContent = "";
      last = "";
    }, KEPT);
  }, AFTER);
}

const wordsOf = (element) => element.textContent.replace(/\s+/g, " ").trim();

announce(wordsOf(document.querySelector("#page-message") ?? region ?? document.createElement("p")));

document.addEventListener("htmx:load", ({ detail }) => {
  if (detail.elt === document.body) {
    return;
  }
  const arrived = [...(detail.elt.querySelectorAll?.("[role=status]") ?? [])];
  announce(arrived.map(wordsOf).filter(Boolean).join(". "));
});

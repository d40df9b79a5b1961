/* Takes the page's content from the page as it is now, whenever the script of
   django_docusign_connect says that there is news, and says how it is connected. */
"use strict";

const NEWS_PAUSE = 3000; // Milliseconds: screen readers are told news at most so often.
const RECEIVERS_PAUSE = 1500;
const CONNECTION = {
  live: "Live",
  away: "The server does not answer. Trying again …",
  paused: "Paused",
  ended: "This page changes no more. Load it again.",
};

const content = document.getElementById("content");
const connection = document.getElementById("connection");
const newsLine = document.getElementById("news");

let isAsking = false;
let isOutdated = false;
let news = [];
let newsTimer = 0;

document.addEventListener("docusign:connection", ({ detail: state }) => {
  connection.hidden = false;
  connection.dataset.state = state;
  connection.textContent = CONNECTION[state];
});

document.addEventListener("docusign:changed", () => {
  refresh();
  // The lease's receivers run once the envelope has changed.
  setTimeout(refresh, RECEIVERS_PAUSE);
});

async function refresh() {
  isOutdated = true;
  if (isAsking) return;
  isAsking = true;
  while (isOutdated) {
    isOutdated = false;
    // What is lost here is made up for by the next news.
    const answer = await fetch(location.href, { cache: "no-store" }).catch(() => null);
    if (!answer || !answer.ok) continue;
    update(new DOMParser().parseFromString(await answer.text(), "text/html"));
  }
  isAsking = false;
}

function update(page) {
  const focused = document.activeElement;
  const before = readNews(content);
  document.title = page.title;
  morph(content, page.getElementById("content"));
  // An element that was moved has lost the focus.
  if (focused !== document.activeElement && focused.isConnected) {
    focused.focus({ preventScroll: true });
  }
  for (const [id, words] of readNews(content)) {
    if (before.get(id) !== words) celebrate(document.getElementById(id), words);
  }
}

function readNews(root) {
  const marked = root.querySelectorAll("[data-news]");
  return new Map(Array.from(marked, (one) => [one.id, one.dataset.news]));
}

/* Make an element like a fresh one, and keep as much of it as is the same. */
function morph(old, fresh) {
  if (old.isEqualNode(fresh) || "kept" in old.dataset) return;
  for (const { name } of Array.from(old.attributes)) {
    if (!fresh.hasAttribute(name)) old.removeAttribute(name);
  }
  for (const { name, value } of fresh.attributes) old.setAttribute(name, value);
  let next = old.firstChild;
  for (const child of Array.from(fresh.childNodes)) {
    const known = find(old, child, next);
    if (known === next && next) next = next.nextSibling;
    else old.insertBefore(known || child, next);
    if (known) morphNode(known, child);
  }
  while (next) {
    const gone = next;
    next = next.nextSibling;
    gone.remove();
  }
}

function morphNode(old, fresh) {
  if (old.nodeType === Node.ELEMENT_NODE) morph(old, fresh);
  else if (old.nodeValue !== fresh.nodeValue) old.nodeValue = fresh.nodeValue;
}

/* Return the child that stands for a fresh one: by its id, else the next if alike. */
function find(parent, fresh, next) {
  if (fresh.id) {
    const known = document.getElementById(fresh.id);
    return known && known.parentNode === parent ? known : null;
  }
  const isAlike = next && next.nodeName === fresh.nodeName && !next.id;
  return isAlike ? next : null;
}

function celebrate(element, words) {
  element.classList.remove("has-news");
  void element.offsetWidth; // Lets the animation begin anew.
  element.classList.add("has-news");
  news.push(words);
  if (!newsTimer) newsTimer = setTimeout(tell, NEWS_PAUSE);
}

function tell() {
  newsTimer = 0;
  const last = news[news.length - 1];
  newsLine.textContent = news.length > 1 ? `${news.length} changes. ${last}` : last;
  news = [];
}

content.addEventListener("animationend", (event) => {
  if (event.animationName === "news") event.target.classList.remove("has-news");
});

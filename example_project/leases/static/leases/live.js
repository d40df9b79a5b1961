/* Keeps the page's content as the server has it, without loading the page again. */
"use strict";

const PAUSE = 1000; // Milliseconds between two questions.
const LONGEST_PAUSE = 10000; // The same, while the server does not answer.
const PATIENCE = 8000; // How long one answer may take.
const NEWS_PAUSE = 3000; // Screen readers are told news at most this often.

const content = document.getElementById("content");
const connection = document.getElementById("connection");
const newsLine = document.getElementById("news");

let etag = "";
let failures = 0;
let timer = 0;
let asking = false;
let news = [];
let newsTimer = 0;

function show(state, words) {
  connection.hidden = false;
  if (connection.dataset.state === state) return;
  connection.dataset.state = state;
  connection.textContent = words;
}

async function ask() {
  const headers = etag ? { "If-None-Match": etag } : {};
  const signal = AbortSignal.timeout(PATIENCE);
  const answer = await fetch(location.href, { headers, signal, cache: "no-store" });
  if (answer.status === 304) return;
  if (!answer.ok) throw new Error(`The server answered ${answer.status}.`);
  const text = await answer.text();
  update(new DOMParser().parseFromString(text, "text/html"));
  etag = answer.headers.get("ETag") || "";
}

async function tick() {
  if (asking || document.hidden) return;
  asking = true;
  try {
    await ask();
    failures = 0;
    show("live", "Live");
  } catch {
    failures += 1;
    // One lost answer is nothing to worry anybody with.
    if (failures > 1) show("away", "The server does not answer. Trying again …");
  }
  asking = false;
  schedule();
}

function schedule() {
  clearTimeout(timer);
  if (document.hidden) return;
  timer = setTimeout(tick, Math.min(PAUSE * 2 ** failures, LONGEST_PAUSE));
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
  if (old.isEqualNode(fresh)) return;
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

document.addEventListener("visibilitychange", () => {
  if (document.hidden) {
    clearTimeout(timer);
    show("paused", "Paused");
  } else {
    tick();
  }
});

content.addEventListener("animationend", (event) => {
  if (event.animationName === "news") event.target.classList.remove("has-news");
});

tick();

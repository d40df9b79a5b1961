/* Keeps the badges and timelines of envelopes on a page as the server has them.

   A stream of server-sent events tells what is new. Where there is none, the same URL is
   asked again and again with its ETag. What is told is set as text, never as HTML.

   The page may listen: docusign:changed bubbles from a badge or timeline, with what was
   told as its detail; docusign:connection comes to the document, its detail one of live,
   away, paused and ended. An element with data-docusign-poll is asked for, never by a
   stream, and told by docusign:changed alone. */
"use strict";

(() => {
  const STREAMS = 2; // A browser has six connections to a server, for all of its tabs.
  const PAUSE = 1000; // Milliseconds between two questions about what has just changed,
  const QUIET_PAUSE = 5000; // about what has not changed for a while,
  const FINAL_PAUSE = 60000; // and about what is completed, declined or voided.
  const LONGEST_PAUSE = 60000; // The same, while the server does not answer.
  const GAP = 250; // Milliseconds between any two questions, however many envelopes.
  const PATIENCE = 10000; // How long an answer may take, and a stream be away.
  const NEXT_TRY = 60000; // After that, a stream that was lost is asked for again.
  const DEAD = 400000; // A stream ends before that; one that did not was cut off.

  const ROOTS = "[data-docusign-live], [data-docusign-poll]";
  const channels = new Map();
  let timer = 0;
  let isAsking = false;

  /* A URL, and all that shows what it tells. */
  class Channel {
    constructor(url, isPolled) {
      this.url = url;
      this.roots = new Set();
      this.version = "";
      this.etag = "";
      this.state = "";
      this.isFinal = false;
      this.failures = 0;
      this.sameAnswers = 0;
      this.askAt = 0;
      this.streamAt = isPolled || !window.EventSource ? Infinity : 0;
      this.source = null;
      this.watchdog = 0;
    }

    start() {
      if (this.source || this.state === "ended") return;
      this.askAt = Date.now();
      this.sameAnswers = 0;
      this.openOrPoll();
    }

    stop() {
      clearTimeout(this.watchdog);
      if (this.source) this.source.close();
      this.source = null;
    }

    openOrPoll() {
      const open = [...channels.values()].filter((one) => one.source).length;
      if (Date.now() >= this.streamAt && open < STREAMS && !this.isFinal) this.open();
      schedule();
    }

    open() {
      const source = new EventSource(this.url);
      this.source = source;
      this.streamAt = Infinity; // Unless there proves to be one.
      this.expect(PATIENCE);
      source.addEventListener("open", () => {
        this.streamAt = 0;
        this.say("live");
        this.expect(DEAD);
      });
      source.addEventListener("message", (event) => {
        this.say("live");
        this.take(JSON.parse(event.data));
      });
      source.addEventListener("error", () => this.lose());
    }

    /* Do something else if the stream does not open, or end, in time. */
    expect(milliseconds) {
      clearTimeout(this.watchdog);
      this.watchdog = setTimeout(() => this.giveUp(), milliseconds);
    }

    /* A stream that ends is followed by another, for which the browser asks by itself;
       but not if the server has answered with anything else. */
    lose() {
      const isOver = this.source.readyState === EventSource.CLOSED;
      if (isOver || this.isFinal) this.giveUp();
      else this.expect(PATIENCE);
    }

    giveUp() {
      this.stop();
      if (this.streamAt === 0) this.streamAt = Date.now() + NEXT_TRY;
      this.askAt = Date.now() + (this.isFinal ? FINAL_PAUSE : 0);
      schedule();
    }

    get pause() {
      if (this.failures) return Math.min(PAUSE * 2 ** this.failures, LONGEST_PAUSE);
      if (this.isFinal) return FINAL_PAUSE;
      return Math.min(PAUSE * 1.1 ** this.sameAnswers, QUIET_PAUSE);
    }

    async ask() {
      let wait = 0;
      try {
        wait = await this.question();
      } catch {
        this.fail();
      }
      this.askAt = Date.now() + Math.max(wait, this.pause);
      if (!this.failures && Date.now() >= this.streamAt) this.openOrPoll();
    }

    /* Ask once, and return for how long the server wants to be left alone. */
    async question() {
      const headers = { Accept: "application/json" };
      if (this.etag) headers["If-None-Match"] = this.etag;
      const answer = await fetch(this.url, {
        headers,
        cache: "no-store",
        redirect: "manual", // It would lead to a page to log in at.
        signal: AbortSignal.timeout(PATIENCE),
      });
      if (answer.status === 429 || answer.status >= 500) {
        this.fail();
        return 1000 * (Number(answer.headers.get("Retry-After")) || 0);
      }
      this.failures = 0;
      this.sameAnswers += 1;
      if (answer.status === 200) {
        this.take(await answer.json());
        this.etag = answer.headers.get("ETag") || "";
      }
      this.say(answer.ok || answer.status === 304 ? "live" : "ended");
      return 0;
    }

    fail() {
      this.failures += 1;
      // One lost answer is nothing to worry anybody with.
      if (this.failures > 1) this.say("away");
    }

    take(told) {
      this.isFinal = Boolean(told.is_final);
      if (told.version && told.version === this.version) return;
      this.version = told.version || "";
      this.sameAnswers = 0;
      for (const root of this.roots) {
        if ("docusignLive" in root.dataset) show(root, told);
        send(root, "docusign:changed", told);
      }
    }

    say(state) {
      if (this.state === state) return;
      this.state = state;
      for (const root of this.roots) this.mark(root);
      send(document, "docusign:connection", state);
    }

    mark(root) {
      const isStale = this.state === "away" || this.state === "ended";
      for (const note of root.querySelectorAll("[data-docusign-stale]")) {
        if (note.hidden === isStale) note.hidden = !isStale;
      }
    }
  }

  function send(target, name, detail) {
    target.dispatchEvent(new CustomEvent(name, { bubbles: true, detail }));
  }

  /* Ask the next one that is due; never two at once. */
  function schedule() {
    clearTimeout(timer);
    if (isAsking || document.hidden) return;
    const polled = [...channels.values()].filter(
      (one) => !one.source && one.state !== "ended",
    );
    if (!polled.length) return;
    const next = polled.reduce((one, other) => (other.askAt < one.askAt ? other : one));
    timer = setTimeout(ask, Math.max(GAP, next.askAt - Date.now()), next);
  }

  async function ask(channel) {
    isAsking = true;
    await channel.ask();
    isAsking = false;
    schedule();
  }

  function show(root, told) {
    if ("docusignStatus" in root.dataset && "status" in told) {
      root.dataset.docusignStatus = told.status;
      highlight(root);
    }
    for (const part of root.querySelectorAll("[data-docusign], [data-docusign-if]")) {
      if (!part.closest("[data-docusign-events]")) fill(part, told);
    }
    const list = root.querySelector("[data-docusign-events]");
    if (list && told.events) showEvents(list, told.events);
  }

  function showEvents(list, events) {
    const template = list.parentNode.querySelector("template[data-docusign-event]");
    const known = new Map([...list.children].map((one) => [one.dataset.docusignId, one]));
    events.forEach((event, index) => {
      const id = String(event.id);
      const item = known.get(id) || template.content.firstElementChild.cloneNode(true);
      if (!known.delete(id)) highlight(item);
      item.dataset.docusignId = id;
      item.dataset.docusignName = event.name;
      for (const part of item.querySelectorAll("[data-docusign], [data-docusign-if]")) {
        fill(part, event);
      }
      if (list.children[index] !== item) list.insertBefore(item, list.children[index]);
    });
    for (const gone of known.values()) gone.remove();
  }

  /* Set what has changed, and nothing else: screen readers tell what is set. */
  function fill(part, told) {
    const { docusign: name, docusignIf: condition } = part.dataset;
    if (condition) {
      if (condition in told) part.hidden = !told[condition];
      return;
    }
    if (!(name in told)) return;
    let text = told[name];
    if (part instanceof HTMLTimeElement) {
      part.hidden = !text;
      part.dateTime = text || "";
      text = told[`${name}_label`];
    }
    if (part.textContent !== text) part.textContent = text;
  }

  function highlight(element) {
    element.classList.remove("docusign-new");
    void element.offsetWidth; // Lets the animation begin anew.
    element.classList.add("docusign-new");
  }

  /* Find the badges and timelines of the page, which others may add to and take from. */
  function collect() {
    const found = new Set(document.querySelectorAll(ROOTS));
    for (const [url, channel] of channels) {
      for (const root of channel.roots) if (!found.has(root)) channel.roots.delete(root);
      if (channel.roots.size) continue;
      channel.stop();
      channels.delete(url);
    }
    for (const root of found) add(root);
    schedule();
  }

  function add(root) {
    const { docusignLive, docusignPoll, docusignVersion, docusignFinal } = root.dataset;
    const url = docusignLive || docusignPoll;
    if (!url) return;
    if (!channels.has(url)) channels.set(url, new Channel(url, docusignLive === undefined));
    const channel = channels.get(url);
    if (channel.roots.has(root)) return;
    channel.roots.add(root);
    channel.mark(root);
    if (channel.roots.size === 1) {
      channel.version = docusignVersion || "";
      channel.isFinal = docusignFinal !== undefined;
    } else if (channel.version !== docusignVersion) {
      // It was made at another time than the others: let all be told anew.
      channel.version = channel.etag = "";
      channel.stop();
    }
    if (!document.hidden) channel.start();
  }

  document.addEventListener("visibilitychange", () => {
    for (const channel of channels.values()) {
      if (!document.hidden) channel.start();
      else if (channel.state !== "ended") {
        channel.stop();
        channel.say("paused");
      }
    }
    schedule();
  });
  window.addEventListener("offline", () => {
    for (const channel of channels.values()) if (channel.source) channel.say("away");
  });
  window.addEventListener("online", () => {
    for (const channel of channels.values()) {
      channel.stop();
      channel.failures = 0;
      channel.start();
    }
  });
  new MutationObserver(collect).observe(document.documentElement, {
    childList: true,
    subtree: true,
  });
  collect();
})();

// Finds in the body of a message, and copies it. Without scripts the browser's own do.
"use strict";

(() => {
    const MOST_FOUND = 1000;
    const tools = document.getElementById("docusign-tools");
    if (!tools) {
        return;
    }
    const search = document.getElementById("docusign-search");
    const body = document.getElementById("docusign-text");
    const news = document.getElementById("docusign-news");
    const text = body.textContent;
    let marks = [];
    let current = -1;
    let timer;

    function places(wanted) {
        // A pattern, for lower case may be longer than what it is of.
        const pattern = new RegExp(wanted.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"), "gi");
        const found = [];
        for (const match of text.matchAll(pattern)) {
            found.push([match.index, match.index + match[0].length]);
            if (found.length === MOST_FOUND) {
                break;
            }
        }
        return found;
    }

    function mark(found) {
        const parts = [];
        let done = 0;
        for (const [start, end] of found) {
            const element = document.createElement("mark");
            element.textContent = text.slice(start, end);
            parts.push(text.slice(done, start), element);
            done = end;
        }
        body.replaceChildren(...parts, text.slice(done));
        marks = body.getElementsByTagName("mark");
        current = -1;
    }

    function step(by) {
        if (!marks.length) {
            return;
        }
        marks[current]?.classList.remove("docusign-current");
        current = (current + by + marks.length) % marks.length;
        marks[current].classList.add("docusign-current");
        // To the middle of the body first, so that the search stays in sight.
        const place = marks[current].getBoundingClientRect();
        body.scrollTop += place.top - body.getBoundingClientRect().top - body.clientHeight / 2;
        marks[current].scrollIntoView({ block: "nearest" });
        const count = marks.length === MOST_FOUND ? `${MOST_FOUND}+` : marks.length;
        news.textContent = tools.dataset.found
            .replace("[number]", current + 1)
            .replace("[count]", count);
    }

    function find() {
        const wanted = search.value;
        mark(wanted ? places(wanted) : []);
        news.textContent = wanted ? tools.dataset.nothing : "";
        step(1);
    }

    function findNow() {
        if (timer) {
            clearTimeout(timer);
            timer = undefined;
            find();
            return true;
        }
        return false;
    }

    function copyAsSelected() {
        // Where the clipboard is closed: pages that are not served by HTTPS.
        const selection = getSelection();
        selection.selectAllChildren(body);
        const isCopied = document.execCommand("copy");
        selection.removeAllRanges();
        return isCopied;
    }

    async function copy() {
        let isCopied = true;
        try {
            await navigator.clipboard.writeText(text);
        } catch {
            isCopied = copyAsSelected();
        }
        news.textContent = isCopied ? tools.dataset.copied : tools.dataset.notCopied;
    }

    search.addEventListener("input", () => {
        clearTimeout(timer);
        timer = setTimeout(findNow, 150);
    });
    search.addEventListener("keydown", (event) => {
        if (event.key === "Enter") {
            // The page is a form, which is not to be sent.
            event.preventDefault();
            if (!findNow()) {
                step(event.shiftKey ? -1 : 1);
            }
        }
    });
    document.getElementById("docusign-previous").addEventListener("click", () => step(-1));
    document.getElementById("docusign-next").addEventListener("click", () => step(1));
    document.getElementById("docusign-copy").addEventListener("click", copy);
    tools.hidden = false;
})();

/* Takes one step after another of what is done with many rows, until it is finished.
   Without this script a person presses the button for each step. */
"use strict";
{
    const form = document.getElementById("act-form");
    const state = form.elements.namedItem("progress");
    const shown = form.querySelector("[data-progress]");
    const bar = shown.querySelector("progress");
    const notes = shown.querySelector("[data-notes]");
    const status = document.getElementById("act-status");
    const start = form.querySelector("[data-start]");
    const stop = form.querySelector("[data-stop]");
    const numbers = new Intl.NumberFormat(document.documentElement.lang || undefined);

    function show(step) {
        const text = shown.dataset.going.replace("%(done)s", numbers.format(step.done));
        status.textContent = text;
        if (bar.hasAttribute("max")) {
            bar.value = step.done;
        }
        notes.replaceChildren(...step.notes.map((note) => {
            const item = document.createElement("li");
            item.textContent = note;
            return item;
        }));
    }

    async function takeStep() {
        const headers = { Accept: "application/json" };
        const body = new FormData(form);
        const response = await fetch(form.action, { method: "POST", headers, body });
        const step = await response.json();
        state.value = step.progress;
        show(step);
        return step.is_finished;
    }

    async function go() {
        let isStopped = false;
        stop.onclick = () => { isStopped = true; };
        shown.hidden = stop.hidden = false;
        start.disabled = true;
        try {
            while (!isStopped) {
                if (await takeStep()) {
                    window.location.assign(form.dataset.list);
                    return;
                }
            }
            status.textContent = shown.dataset.stopped;
        } catch (error) {
            status.textContent = shown.dataset.failed;
        }
        stop.hidden = true;
        start.disabled = false;
    }

    if (start) {
        form.addEventListener("submit", (event) => {
            event.preventDefault();
            go();
        });
    }
}

/* Shows how far an export has come. Without this script the form downloads the file. */
"use strict";
{
    const NEWLINE = 10;
    const EVERY = 500; // milliseconds between two things said

    const form = document.getElementById("export-form");
    const shown = form.querySelector("[data-progress]");
    const bar = shown.querySelector("progress");
    const status = document.getElementById("export-status");
    const stop = form.querySelector("[data-stop]");
    const start = form.querySelector("[data-idle]");
    const numbers = new Intl.NumberFormat(document.documentElement.lang || undefined);

    function say(name, values) {
        let text = shown.dataset[name];
        for (const [key, value] of Object.entries(values || {})) {
            text = text.replace(`%(${key})s`, numbers.format(value));
        }
        status.textContent = text;
    }

    function countLines(bytes) {
        let found = 0;
        for (let at = bytes.indexOf(NEWLINE); at >= 0; at = bytes.indexOf(NEWLINE, at + 1)) {
            found += 1;
        }
        return found;
    }

    function save(parts, response) {
        const named = /filename="([^"]+)"/.exec(response.headers.get("Content-Disposition"));
        const link = document.createElement("a");
        link.href = URL.createObjectURL(new Blob(parts, { type: "text/csv" }));
        link.download = named ? named[1] : "export.csv";
        document.body.append(link);
        link.click();
        link.remove();
        setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
    }

    async function download(signal) {
        const body = new FormData(form);
        const response = await fetch(form.action, { method: "POST", body, signal });
        const total = Number(response.headers.get("X-Rows"));
        if (!response.ok || !response.headers.has("X-Rows")) {
            throw new Error(`The server answered ${response.status}.`);
        }
        const parts = [];
        const reader = response.body.getReader();
        let done = -1; // the headings are a line, too
        let said = 0;
        bar.max = Math.max(total, 1);
        for (let read = await reader.read(); !read.done; read = await reader.read()) {
            parts.push(read.value);
            done += countLines(read.value);
            bar.value = Math.max(done, 0);
            if (Date.now() - said > EVERY) {
                said = Date.now();
                say("going", { done: bar.value, total });
            }
        }
        bar.value = bar.max;
        save(parts, response);
        say("finished", { total: done });
    }

    form.addEventListener("submit", async (event) => {
        event.preventDefault();
        const control = new AbortController();
        stop.onclick = () => control.abort();
        bar.removeAttribute("value");
        shown.hidden = stop.hidden = false;
        start.disabled = true;
        try {
            await download(control.signal);
        } catch (error) {
            say(control.signal.aborted ? "stopped" : "failed");
            shown.hidden = true;
        }
        stop.hidden = true;
        start.disabled = false;
        start.focus();
    });
}

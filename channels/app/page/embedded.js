// The page inside a page of others: shown and hidden by it, and telling it how many lines are unread, never what they say.
import { keepElsewhere, lasting } from "./memory.js";

const PATIENCE_MS = 2_000;
const allowed = document.documentElement.dataset.embedded?.split(" ") ?? [];
const host = location.hash.slice(1);
const framed = parent !== window && allowed.includes(host);

let open = !framed;
let changed = () => {};
let start = () => {};

// Resolves once what an earlier page kept for us is back. It is asked for only where the frame itself may keep nothing.
export const restored = framed && !lasting ? new Promise((resolve) => (setTimeout(resolve, PATIENCE_MS), (start = resolve))) : Promise.resolve();

// Whether the citizen can see the page; on its own it is always shown.
export function shown() {
  return open;
}

// Calls `back` when the page is shown or hidden.
export function onShown(back) {
  changed = back;
}

export function tellHost(word, more = {}) {
  if (framed) parent.postMessage({ minsheng: word, ...more }, host);
}

function read(kept) {
  try {
    return JSON.parse(kept) ?? {};
  } catch {
    return {}; // The page around spoiled it: a new conversation begins.
  }
}

if (framed) {
  addEventListener("message", ({ source, origin, data }) => {
    if (source !== parent || origin !== host || !["open", "close"].includes(data?.minsheng)) return;
    open = data.minsheng === "open";
    if (!lasting) keepElsewhere(read(data.kept), (kept) => tellHost("keep", { kept: JSON.stringify(kept) }));
    start();
    changed();
  });
  addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !document.querySelector("dialog[open]")) tellHost("close");
  });
}

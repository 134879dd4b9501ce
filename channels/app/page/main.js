// Puts the page together: what is written goes to the outbox, what the hub tells goes to the log.
import { onNewConversation } from "./api.js";
import { element } from "./bubble.js";
import { compose } from "./compose.js";
import { onShown, restored, shown, tellHost } from "./embedded.js";
import { Live } from "./live.js";
import { Log } from "./log.js";
import { remember, remembered } from "./memory.js";
import { Outbox } from "./outbox.js";
import { place } from "./place.js";
import { WORDS } from "./words.js";

const byId = (id) => document.getElementById(id);
const UNREACHABLE_MS = 4_000;
const TYPING_SHOWN_MS = 6_000;
const TYPING_TOLD_MS = 3_000;

const log = new Log(byId("talk"), byId("log"), byId("newest"), (_line, choice) => choose(choice));
const outbox = new Outbox({
  waiting: (item) => log.show(item, "waiting", [WORDS.waiting]),
  sending: (item) => log.show(item, "sending", [WORDS.sending]),
  sent: (item, taken) => log.taken(item, taken),
  failed: (item, reason) => log.show(item, "failed", failure(item, reason)),
});

function failure(item, reason) {
  const retry = element("button", { type: "button" }, WORDS.retry);
  retry.addEventListener("click", () => outbox.retry(item));
  const discard = element("button", { type: "button" }, WORDS.discard);
  discard.addEventListener("click", () => outbox.discard(item).then(() => log.forget(item.id)));
  return [[WORDS.failed, reason].filter(Boolean).join("："), retry, discard];
}

function say(text) {
  const choice = /^[1-9]$/.test(text) && log.openChoices()[Number(text) - 1];
  if (choice) choose(choice);
  else outbox.add({ type: "text", text });
}

function choose(choice) {
  outbox.add({ type: "choice", id: choice.id, text: choice.label });
  byId("words").focus({ preventScroll: true });
}

const link = byId("link");
const note = byId("state");
let trouble = 0;
let warned = "";

function tell(state) {
  link.dataset.state = state;
  link.textContent = WORDS.link[state];
  clearTimeout(trouble);
  if (state === "online") {
    note.textContent = warned;
    warned = "";
    outbox.flush();
  } else if (!navigator.onLine) note.textContent = WORDS.offline;
  // A short gap between two connections is no news.
  else if (note.textContent !== WORDS.unreachable) trouble = setTimeout(() => (note.textContent = WORDS.unreachable), UNREACHABLE_MS);
}

// What came is told to the hub, and what was seen: a page in the background, or a frame not shown, is not seen.
const told = { come: 0, seen: 0 };
let seenEver = 0;

function acknowledge() {
  if (document.visibilityState === "visible" && shown()) {
    if (log.last > told.seen) live.seen((told.come = told.seen = log.last), true);
    if (log.last > seenEver) remember("seen", (seenEver = log.last));
  } else if (log.last > told.come) live.seen((told.come = log.last), false);
  tellHost("news", { unread: log.unread(seenEver), talked: log.last > 0 });
}

let typing = 0;
function showTyping(now) {
  clearTimeout(typing);
  byId("typing").textContent = now ? WORDS.typing : "";
  if (now) typing = setTimeout(showTyping, TYPING_SHOWN_MS);
  log.stay();
}

let typed = 0;
function tellTyping() {
  if (!log.withOfficer() || Date.now() - typed < TYPING_TOLD_MS) return;
  typed = Date.now();
  live.typing();
}

const live = new Live({
  last: () => log.last,
  tell: (state) => {
    tell(state);
    // History was read aloud long ago: the first load is not announced.
    if (state === "online") setTimeout(() => byId("log").setAttribute("aria-busy", "false"), 500);
  },
  take: (lines) => {
    if (!log.take(lines)) return;
    if (lines.some((line) => line.who !== "citizen")) showTyping(false);
    acknowledge();
  },
  typing: () => showTyping(true),
  read: (seq) => log.readByOfficer(seq),
});

onNewConversation(() => {
  warned = WORDS.newConversation;
  remember("seen", (seenEver = 0));
});
compose({
  say,
  typing: tellTyping,
  send: (file) => outbox.add({ type: "file" }, file, file.name || "photo"),
  warn: (text) => (note.textContent = text),
});
place({ found: (point) => outbox.add({ type: "location", ...point }), written: say });
addEventListener("offline", () => tell("offline"));
addEventListener("online", () => outbox.flush());
document.addEventListener("visibilitychange", acknowledge);
onShown(() => {
  acknowledge();
  // A finger wants no keyboard over the talk it has just opened.
  if (shown()) byId(matchMedia("(pointer: coarse)").matches ? "talk" : "words").focus();
});
tellHost("ready");
restored.then(() => {
  seenEver = Number(remembered("seen")) || 0;
  outbox.restore();
  live.run();
});

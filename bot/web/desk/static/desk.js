// Keeps an open page true: asks for news, shows new lines of a conversation, and lets nobody send a form twice.
// Every page works without it.
"use strict";

const EVERY = 15000;
const TYPING_SHOWN = 6000;
const TYPING_TOLD = 3000;
const NAMES = { alarms: "新的告警", talks: "新的市民等待人工" };
const counts = document.querySelectorAll("[data-waiting]");
const news = document.querySelector("[data-news]");
const lines = document.querySelector("[data-follow]");

function tell(waiting) {
  const more = [];
  for (const count of counts) {
    const name = count.dataset.waiting;
    if (waiting[name] > Number(count.textContent) && NAMES[name]) more.push(NAMES[name]);
    count.textContent = waiting[name] < 100 ? waiting[name] : "99+";
    count.hidden = waiting[name] === 0;
  }
  if (more.length) {
    news.textContent = `有${more.join("、")}。`;
    news.hidden = false;
  }
}

// Only a page that somebody may be looking at: whoever holds the conversation is told to have read it.
async function follow() {
  if (document.hidden) return;
  const answer = await fetch(lines.dataset.follow, { redirect: "error" });
  if (!answer.ok) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("lines");
  if (!fresh) return;
  const longer = fresh.children.length > lines.children.length;
  renew([...fresh.children]);
  if (!longer) return;
  lines.lastElementChild.scrollIntoView({ block: "nearest" });
  showTyping(false);
}

// Only what changed: a voice that is being listened to goes on.
function renew(fresh) {
  const old = [...lines.children];
  fresh.forEach((line, at) => {
    if (!old[at]) lines.append(line);
    else if (old[at].outerHTML !== line.outerHTML) old[at].replaceWith(line);
  });
  old.slice(fresh.length).forEach((line) => line.remove());
}

let typing = 0;
function showTyping(shown) {
  const place = document.querySelector("[data-typing]");
  clearTimeout(typing);
  if (!place) return;
  place.textContent = shown ? "市民正在输入…" : "";
  if (shown) typing = setTimeout(showTyping, TYPING_SHOWN);
}

// A page in the background gives its connection back: a browser has few for one host.
let live = null;
function listen() {
  live?.close();
  live = document.hidden ? null : new EventSource(`${lines.dataset.follow}/live`);
  live?.addEventListener("changed", () => follow().catch(() => {}));
  live?.addEventListener("typing", () => showTyping(true));
}

let told = 0;
function tellTyping() {
  if (Date.now() - told < TYPING_TOLD) return;
  told = Date.now();
  fetch(`${lines.dataset.follow}/typing`, { method: "POST", redirect: "error" }).catch(() => {});
}

async function look() {
  try {
    const answer = await fetch("/desk/news", { redirect: "error" });
    if (answer.ok) tell(await answer.json());
    if (lines) await follow();
  } catch {
    // Away for a moment, or logged out: the next page says which.
  }
}

if (counts.length) setInterval(look, lines ? EVERY / 3 : EVERY);
if (lines) {
  listen();
  document.addEventListener("visibilitychange", () => (listen(), follow().catch(() => {})));
  document.querySelector("form[action$='/say'] textarea")?.addEventListener("input", tellTyping);
}

for (const form of document.forms) {
  form.addEventListener("submit", () => {
    for (const button of form.querySelectorAll("button")) button.disabled = true;
  });
}

// A page brought back by the browser's own "back" must be usable again.
addEventListener("pageshow", () => {
  for (const button of document.querySelectorAll("button[disabled]")) button.disabled = false;
});

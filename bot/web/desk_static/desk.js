// Keeps an open page true: asks for news, shows new lines of a conversation, and lets nobody send a form twice.
// Every page works without it.
"use strict";

const EVERY = 15000;
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

async function follow() {
  const answer = await fetch(location.pathname, { redirect: "error" });
  if (!answer.ok) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("lines");
  if (fresh && fresh.children.length !== lines.children.length) {
    lines.replaceChildren(...fresh.children);
    lines.lastElementChild.scrollIntoView({ block: "nearest" });
  }
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

for (const form of document.forms) {
  form.addEventListener("submit", () => {
    for (const button of form.querySelectorAll("button")) button.disabled = true;
  });
}

// A page brought back by the browser's own "back" must be usable again.
addEventListener("pageshow", () => {
  for (const button of document.querySelectorAll("button[disabled]")) button.disabled = false;
});

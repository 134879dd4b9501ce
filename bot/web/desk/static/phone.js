// 来电弹屏: shows who is calling on whatever page of the desk is open, and leads to the call form.
// Without it the same is on the page 话务.
"use strict";

const pop = document.querySelector("[data-pop]");

function line(text, kind) {
  const made = document.createElement(kind || "p");
  made.textContent = text;
  return made;
}

function show(call) {
  pop.replaceChildren();
  // On the page of this very call it would only be in the way.
  pop.hidden = !call.id || `${location.pathname}/`.startsWith(`/desk/phone/calls/${call.id}/`);
  if (pop.hidden) return;
  pop.classList.toggle("ringing", call.ringing);
  pop.append(line(`${call.phase} ${call.caller}${call.who ? ` · ${call.who}` : ""}`, "b"));
  for (const one of call.tickets) pop.append(line(`在办：${one}`));
  if (call.more) pop.append(line(`另有 ${call.more} 件在办`));
  if (!call.tickets.length) pop.append(line("没有在办工单"));
  const open = line("打开话务登记", "a");
  open.href = `/desk/phone/calls/${call.id}`;
  open.className = "button";
  pop.append(open);
}

// Of several open pages one listens and tells the others: a browser allows few open streams.
const pages = new BroadcastChannel("minsheng-phone");
let listening = false;
let last = {};

function hear(call) {
  last = call;
  show(call);
}

function listen() {
  listening = true;
  const events = new EventSource("/desk/phone/events");
  events.addEventListener("call", (event) => {
    hear(JSON.parse(event.data));
    pages.postMessage(last);
  });
  return new Promise((release) => {
    events.addEventListener("error", () => {
      // Nobody sits at an extension, or the login is over: another page may try once one does.
      if (events.readyState !== EventSource.CLOSED) return;
      listening = false;
      release();
    });
  });
}

if (pop) {
  pages.addEventListener("message", ({ data }) => {
    if (data !== "?") hear(data);
    else if (listening) pages.postMessage(last);
  });
  pages.postMessage("?");
  if (navigator.locks) navigator.locks.request("minsheng-phone", listen);
  else listen();
}

// The city's chat on any page: <script src="https://…/embed.js" data-account="web" async></script>
// A button, and behind it the chat in a frame of its own origin; no cookie is set. Where the browser lets the frame keep
// nothing, the token of the conversation is kept here until the tab is closed.
(() => {
  "use strict";
  const script = document.currentScript;
  if (!script || document.querySelector("minsheng-chat")) return;
  const HUB = new URL(script.src).origin;
  const ADDRESS = `${HUB}/chat/embed/${encodeURIComponent(script.dataset.account ?? "")}#${location.origin}`;
  const TITLE = "$title";
  const WORDS = {
    open: "在线咨询",
    close: "收起",
    unread: (count) => `有 ${count} 条新消息`,
    away: "在线咨询暂时打不开，请拨打 12345，或",
    apart: "在新窗口打开",
  };
  const MANY = 99;
  const SETTLED_MS = 1_000; // A frame that was refused loads too, but never answers.
  const KNOWN = "minsheng.chat.talked"; // Only that there was a talk: then its answers are looked for.
  const KEPT = "minsheng.chat.kept";
  const SVG = "http://www.w3.org/2000/svg";
  const BUBBLE = "M4 5.500h16v11h-8.500L7 20v-3.500H4ZM8 9.500h8M8 12.500h5";
  const STYLE = `
    :host { position: fixed; inset: auto 0 0 auto; z-index: 2147483000; }
    aside { all: initial; font: 16px/1.5 system-ui, -apple-system, "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif; color: #17262e; }
    [hidden] { display: none !important; }
    button { font: inherit; color: inherit; border: 0; cursor: pointer; touch-action: manipulation; }
    :focus-visible { outline: 3px solid #c2410c; outline-offset: 2px; }
    .launch { position: fixed; right: 16px; bottom: max(16px, env(safe-area-inset-bottom)); display: inline-flex; align-items: center; gap: 8px; min-height: 52px; padding: 0 20px 0 16px; border-radius: 26px; background: #0b566e; color: #fff; font-weight: 600; box-shadow: 0 4px 16px rgb(8 40 52 / 30%); }
    .launch:hover { background: #083f52; }
    .launch svg { width: 26px; height: 26px; fill: none; stroke: currentColor; stroke-width: 1.8; stroke-linejoin: round; stroke-linecap: round; }
    .badge { position: absolute; top: -6px; right: -4px; min-width: 24px; padding: 0 6px; box-sizing: border-box; border-radius: 12px; background: #b3261e; color: #fff; font-size: 14px; line-height: 24px; text-align: center; }
    .panel { position: fixed; right: 16px; bottom: 84px; display: flex; flex-direction: column; width: 400px; height: min(680px, calc(100vh - 108px)); height: min(680px, calc(100dvh - 108px)); overflow: hidden; border-radius: 18px; background: #f2f5f6; box-shadow: 0 12px 48px rgb(8 40 52 / 32%); }
    .bar { display: flex; align-items: center; gap: 12px; padding-left: 16px; background: #083f52; color: #fff; }
    .bar b { flex: 1; min-width: 0; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; font-weight: 600; }
    .close { min-width: 72px; min-height: 44px; background: transparent; }
    .close:focus-visible { outline-color: #ffd9b8; outline-offset: -4px; }
    iframe { flex: 1; width: 100%; min-height: 0; border: 0; background: #f2f5f6; }
    .away { margin: 0; padding: 20px; }
    .away a { color: #0b6a86; }
    .unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
    @media (max-width: 520px) {
      .panel { inset: 0; width: auto; height: auto; border-radius: 0; padding-top: env(safe-area-inset-top); background: #083f52; }
      .launch[aria-expanded="true"] { display: none; }
    }
    @media (prefers-reduced-motion: no-preference) { .panel { animation: rise 0.16s ease-out; } }
    @keyframes rise { from { opacity: 0; transform: translateY(12px); } }
    @media print { aside { display: none; } }`;

  function element(tag, properties = {}, ...children) {
    const { role, label, ...own } = properties;
    const made = Object.assign(document.createElement(tag), own);
    if (role) made.setAttribute("role", role);
    if (label) made.setAttribute("aria-label", label);
    made.append(...children);
    return made;
  }

  function bubble() {
    const svg = document.createElementNS(SVG, "svg");
    svg.setAttribute("viewBox", "0 0 24 24");
    svg.setAttribute("aria-hidden", "true");
    svg.append(document.createElementNS(SVG, "path"));
    svg.firstChild.setAttribute("d", BUBBLE);
    return svg;
  }

  const frame = element("iframe", { title: `${TITLE} ${WORDS.open}`, allow: "geolocation" });
  const apart = element("a", { href: `${HUB}/chat`, target: "_blank", rel: "noopener" }, WORDS.apart);
  const away = element("p", { className: "away", role: "alert", hidden: true }, WORDS.away, apart, "。");
  const close = element("button", { type: "button", className: "close" }, WORDS.close);
  const bar = element("div", { className: "bar" }, element("b", {}, TITLE), close);
  const panel = element("section", { className: "panel", role: "dialog", label: TITLE, hidden: true }, bar, away, frame);
  const badge = element("span", { className: "badge", hidden: true });
  const news = element("span", { className: "unseen", role: "status" });
  const launch = element("button", { type: "button", className: "launch" }, bubble(), WORDS.open, badge);
  badge.setAttribute("aria-hidden", "true");

  function post(word, more = {}) {
    frame.contentWindow?.postMessage({ minsheng: word, ...more }, HUB);
  }

  let answered = false;
  function load() {
    if (!frame.src) frame.src = ADDRESS;
  }
  frame.addEventListener("load", () => {
    if (frame.src) setTimeout(settle, SETTLED_MS);
  });

  // Either the chat, or where else to turn.
  function settle() {
    away.hidden = answered;
    frame.hidden = !answered;
  }

  function show(open) {
    load();
    panel.hidden = !open;
    launch.setAttribute("aria-expanded", String(open));
    if (answered) post(open ? "open" : "close");
    focusOn(open);
  }

  function focusOn(open) {
    if (!open) launch.focus();
    else if (answered) frame.focus();
    else close.focus();
  }

  function unread(count) {
    badge.hidden = count === 0;
    badge.textContent = count > MANY ? `${MANY}+` : count;
    const words = count ? WORDS.unread(count) : "";
    if (news.textContent !== words) news.textContent = words;
  }

  addEventListener("message", ({ source, origin, data }) => {
    if (origin !== HUB || source !== frame.contentWindow) return;
    if (data?.minsheng === "ready") {
      answered = true;
      settle();
      post(panel.hidden ? "close" : "open", { kept: recall("sessionStorage", KEPT) });
      if (!panel.hidden) focusOn(true);
    }
    if (data?.minsheng === "close") show(false);
    if (data?.minsheng === "keep") keep("sessionStorage", KEPT, String(data.kept));
    if (data?.minsheng !== "news") return;
    unread(Number(data.unread) || 0);
    if (data.talked) keep("localStorage", KNOWN, "1");
  });

  function keep(where, name, value) {
    try {
      window[where].setItem(name, value);
    } catch {
      // Forbidden here too: the conversation then ends with the page.
    }
  }

  function recall(where, name) {
    try {
      return window[where].getItem(name);
    } catch {
      return null;
    }
  }

  launch.setAttribute("aria-expanded", "false");
  launch.addEventListener("click", () => show(panel.hidden));
  close.addEventListener("click", () => show(false));
  panel.addEventListener("keydown", (event) => event.key === "Escape" && show(false));

  // A sheet that is made, not written into the page: the page's own content security policy need not allow it. Older
  // browsers know only the written one.
  function dress(shadow) {
    try {
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(STYLE);
      shadow.adoptedStyleSheets = [sheet];
    } catch {
      shadow.append(element("style", {}, STYLE));
    }
  }

  function appear() {
    const host = document.createElement("minsheng-chat");
    const shadow = host.attachShadow({ mode: "open" });
    dress(shadow);
    shadow.append(element("aside", { label: WORDS.open }, panel, news, launch));
    document.body.append(host);
    if (recall("localStorage", KNOWN)) load();
  }
  if (document.body) appear();
  else addEventListener("DOMContentLoaded", appear);
})();

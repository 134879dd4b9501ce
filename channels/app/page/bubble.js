// Builds what one line looks like. Words of others are set as text, never as HTML.
import { WORDS } from "./words.js";

const EMERGENCY = "110|119|120|12345|12356";
const LINKS = new RegExp(`(https?://[^\\s，。；！？、（）()<>"']+|\\b(?:${EMERGENCY})\\b)`);
const SVG = "http://www.w3.org/2000/svg";

export function element(tag, { data = {}, ...properties } = {}, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  Object.assign(made.dataset, data);
  made.append(...children.filter((child) => child !== null && child !== ""));
  return made;
}

function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("aria-hidden", "true");
  svg.append(document.createElementNS(SVG, "use"));
  svg.firstChild.setAttribute("href", `#${name}`);
  return svg;
}

// Our own words carry links and numbers to call; a citizen's are left as they are.
function words(text, who) {
  if (who === "citizen") return [text];
  return text.split(LINKS).map((part, place) => {
    if (place % 2 === 0) return part;
    if (part.startsWith("http")) return element("a", { href: part, target: "_blank", rel: "noopener noreferrer" }, part);
    return element("a", { href: `tel:${part}` }, part);
  });
}

function file({ url, media_type: type = "" }) {
  const link = element("a", { href: url, target: "_blank", rel: "noopener" });
  if (!type.startsWith("image/")) {
    link.append(`${WORDS.attachment} ${type.split("/")[1]?.toUpperCase() ?? ""}`);
    return link;
  }
  const photo = element("img", { className: "photo", src: url, alt: WORDS.sentPhoto, loading: "lazy" });
  photo.addEventListener("error", () => photo.replaceWith(WORDS.photo), { once: true }); // HEIC, or a link too old.
  link.append(photo);
  return link;
}

function spot({ label, latitude, longitude }) {
  const words = label || `${latitude.toFixed(5)}, ${longitude.toFixed(5)}`;
  return element("span", { className: "spot" }, icon("pin"), element("span", {}, `${WORDS.place}：${words}`));
}

export function clock(at) {
  const moment = new Date(at);
  const shown = moment.toLocaleTimeString("zh-CN", { hour: "2-digit", minute: "2-digit", hour12: false });
  return element("time", { dateTime: moment.toISOString() }, shown);
}

export function topicOf(line) {
  if (line.kind !== "notice") return "";
  return (line.notice ?? "").split(".")[0] || "notice";
}

function body(line, topic) {
  const parts = [...(line.files ?? []).map(file), line.location ? spot(line.location) : null];
  const text = words(line.text ?? "", line.who);
  if (line.kind !== "notice" || topic === "agent") return element("div", { className: "said" }, ...parts, ...text);
  const title = element("h2", {}, WORDS.topics[topic] ?? WORDS.topics.notice);
  return element("div", { className: "card" }, title, ...parts, ...text);
}

function choices(line, choose) {
  if (!line.choices?.length) return null;
  const buttons = line.choices.map((choice, at) => {
    const button = element("button", { type: "button", className: "choice" }, element("i", {}, String(at + 1)), choice.label);
    button.addEventListener("click", () => choose(line, choice));
    return button;
  });
  const group = element("div", { className: "choices" }, ...buttons);
  group.setAttribute("role", "group");
  group.setAttribute("aria-label", line.text?.slice(0, 40) ?? "");
  return group;
}

// A line as the hub told it: {seq, who, kind, at, text?, choices?, files?, location?, notice?}.
export function lineElement(line, choose) {
  const topic = topicOf(line);
  const name = element("span", { className: line.who === "agent" ? "name" : "unseen" }, WORDS[line.who === "citizen" ? "me" : line.who] ?? "");
  const foot = element("div", { className: "foot" }, clock(line.at));
  const data = { seq: line.seq, who: line.who, kind: line.kind, topic };
  return element("article", { className: "line", data }, name, body(line, topic), choices(line, choose), foot);
}

// What the citizen wrote, before the hub has told it back. `item` as in unsent.js.
export function ownElement(item) {
  const line = { who: "citizen", kind: item.body.type, text: item.body.text ?? "", location: item.body.latitude === undefined ? null : item.body };
  if (item.file) line.files = [{ url: URL.createObjectURL(item.file), media_type: item.file.type }];
  const foot = element("div", { className: "foot" });
  const data = { who: "citizen", kind: line.kind, client: item.id };
  return element("article", { className: "line", data }, element("span", { className: "unseen" }, WORDS.me), body(line, ""), foot);
}

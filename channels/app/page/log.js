// The conversation on the page: lines by seq, then what is not yet taken; every message once.
import { clock, element, lineElement, ownElement, topicOf } from "./bubble.js";
import { WORDS } from "./words.js";

const NEAR_END = 120; // Pixels from the end within which the reader is taken to follow along.

export class Log {
  constructor(room, list, newest, choose) {
    Object.assign(this, { room, list, newest, choose, last: 0, lines: [], own: new Map(), officerRead: 0 });
    newest.addEventListener("click", () => this.toEnd());
    room.addEventListener("scroll", () => this.atEnd() && (newest.hidden = true), { passive: true });
  }

  // Lines from the hub, in any order and possibly again. Returns whether one was new.
  take(lines) {
    const fresh = lines.filter((line) => !this.lines.some((known) => known.seq === line.seq));
    if (!fresh.length) return false;
    const following = this.atEnd();
    for (const line of fresh) this.insert(line);
    this.days();
    this.settleChoices();
    if (following || fresh.some((line) => line.who === "citizen")) this.toEnd();
    else this.newest.hidden = false;
    return true;
  }

  insert(line) {
    this.last = Math.max(this.last, line.seq);
    const at = this.lines.findIndex((known) => known.seq > line.seq);
    if (at < 0) this.lines.push(line);
    else this.lines.splice(at, 0, line);
    this.forget(line.client_id);
    if (line.kind === "event" && !line.text) return; // Something happened without words: nothing to show.
    const after = this.list.querySelectorAll("[data-seq]");
    const next = [...after].find((shown) => Number(shown.dataset.seq) > line.seq) ?? this.list.querySelector("[data-client]");
    this.list.insertBefore(lineElement(line, this.choose), next);
    this.markRead(line);
  }

  // The officer has read everything up to `seq`.
  readByOfficer(seq) {
    this.officerRead = Math.max(this.officerRead, seq);
    this.lines.forEach((line) => this.markRead(line));
  }

  markRead({ who, seq }) {
    if (who !== "citizen" || seq > this.officerRead) return;
    const foot = this.list.querySelector(`[data-seq="${seq}"] .foot`);
    if (foot && !foot.querySelector(".read")) foot.append(element("span", { className: "read" }, WORDS.read));
  }

  // Lines of others that came after `seq`.
  unread(seq) {
    return this.lines.filter((line) => line.seq > seq && line.who !== "citizen").length;
  }

  // Whether an officer holds the conversation, as far as its lines tell.
  withOfficer() {
    return this.lines.filter((line) => topicOf(line) === "agent").at(-1)?.notice === "agent.joined";
  }

  // A message of this device, shown at once; `state` is "sending", "waiting" or "failed".
  show(item, state, foot) {
    if (this.lines.some((line) => line.client_id === item.id)) return;
    let shown = this.own.get(item.id);
    if (!shown) {
      shown = ownElement(item);
      this.own.set(item.id, shown);
      this.list.append(shown);
      this.toEnd();
    }
    shown.dataset.sending = state;
    shown.querySelector(".foot").replaceChildren(...foot);
    this.settleChoices();
  }

  // The hub took it as `seq`: it moves to its place; the hub's own telling will replace it.
  taken(item, { seq, created_at: at }) {
    const shown = this.own.get(item.id);
    if (!shown) return;
    shown.dataset.sending = "sent";
    shown.querySelector(".foot").replaceChildren(clock(at));
    const next = [...this.list.querySelectorAll("[data-seq]")].find((other) => Number(other.dataset.seq) > seq);
    if (next) this.list.insertBefore(shown, next);
  }

  forget(id) {
    const shown = this.own.get(id);
    if (!shown) return;
    for (const photo of shown.querySelectorAll('img[src^="blob:"]')) URL.revokeObjectURL(photo.src);
    shown.remove();
    this.own.delete(id);
  }

  // The choices that a typed number means: those of the newest line, while nothing was said after it.
  openChoices() {
    const newest = this.lines.at(-1);
    return newest?.who !== "citizen" && !this.own.size ? (newest?.choices ?? []) : [];
  }

  // Choices stay while they can still be meant: a survey's until answered, others until the citizen says something.
  settleChoices() {
    const labels = (line) => line.choices.map((choice) => choice.label);
    for (const line of this.lines.filter((one) => one.choices)) {
      const later = this.lines.filter((one) => one.seq > line.seq && one.who === "citizen").map((one) => one.text);
      later.push(...[...this.own.values()].map((shown) => shown.querySelector(".said").textContent));
      const over = topicOf(line) === "survey" ? later.some((text) => labels(line).includes(text)) : later.length > 0;
      const group = this.list.querySelector(`[data-seq="${line.seq}"] .choices`);
      if (group) group.hidden = over;
    }
  }

  days() {
    this.list.querySelectorAll(".day").forEach((mark) => mark.remove());
    let before = "";
    for (const line of this.lines) {
      const day = dayOf(line.at);
      const shown = day !== before && this.list.querySelector(`[data-seq="${line.seq}"]`);
      if (shown) shown.before(element("div", { className: "day" }, day));
      before = day;
    }
  }

  // Something changed below the lines: who was reading the end still does.
  stay() {
    if (this.atEnd()) this.toEnd();
  }

  atEnd() {
    return this.room.scrollHeight - this.room.scrollTop - this.room.clientHeight < NEAR_END;
  }

  toEnd() {
    this.newest.hidden = true;
    this.room.scrollTop = this.room.scrollHeight;
  }
}

function dayOf(at) {
  const day = new Date(at);
  const ago = Math.round((new Date().setHours(0, 0, 0, 0) - new Date(at).setHours(0, 0, 0, 0)) / 86_400_000);
  if (ago === 0) return WORDS.today;
  if (ago === 1) return WORDS.yesterday;
  return day.toLocaleDateString("zh-CN", { month: "long", day: "numeric" });
}

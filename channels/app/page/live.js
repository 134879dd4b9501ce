// Keeps the conversation fresh: WebSocket, else server-sent events, else long polling. Each starts after the last seq
// shown, so changing from one to another neither loses nor repeats a line.
import * as api from "./api.js";

const PING_MS = 25_000;
const SILENT_MS = 60_000; // No sign of life for so long: the connection is dead though nobody said so.
const READY_MS = 5_000;
const UPGRADE_MS = 300_000; // After so long on a lesser way, the best is tried again.
const LONGEST_WAIT = 30_000;
const TOKEN_REFUSED = 4401;

export class Live {
  // take(lines) shows lines; tell(state) is "connecting", "online" or "offline"; last() is the last seq shown; typing()
  // and read(seq) show what the officer does.
  constructor({ take, tell, last, typing, read }) {
    Object.assign(this, { take, tell, last, signs: { typing, read }, way: 0, failures: 0, socket: null, stop: null, wake: null });
    this.ways = [() => this.overSocket(), () => this.overEvents(), () => this.overPolls()];
    addEventListener("online", () => this.again());
    addEventListener("offline", () => this.stop?.());
    document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && this.again());
  }

  // Connect at once instead of waiting out a pause.
  again() {
    this.failures = 0;
    this.wake?.();
  }

  async run() {
    for (let upgraded = Date.now(); ; ) {
      this.tell(navigator.onLine ? "connecting" : "offline");
      if (Date.now() - upgraded > UPGRADE_MS) [this.way, upgraded] = [0, Date.now()];
      const worked = await this.ways[this.way]().catch((error) => this.failed(error));
      this.failures = worked ? 0 : this.failures + 1;
      if (!worked && navigator.onLine) this.way = (this.way + 1) % this.ways.length;
      this.tell("offline");
      await this.pause(worked ? 200 : Math.min(500 * 2 ** this.failures, LONGEST_WAIT) * (0.7 + Math.random() * 0.6));
    }
  }

  failed(error) {
    if (!(error instanceof api.Refused) && error.name !== "AbortError") console.error(error);
    return false;
  }

  pause(ms) {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.wake = () => (clearTimeout(timer), resolve());
    }).finally(() => (this.wake = null));
  }

  // Tell the hub that everything up to `seq` has come, or was `shown`.
  seen(seq, shown) {
    if (this.socket) this.socket.send(JSON.stringify({ op: shown ? "read" : "ack", seq }));
    else api.seen(seq, shown).catch(() => {}); // A receipt lost is not worth a word.
  }

  // The citizen is writing.
  typing() {
    this.socket?.send(JSON.stringify({ op: "typing" }));
  }

  // What the officer does: no line, and nothing to catch up with.
  sign(name, seq) {
    this.signs[name]?.(seq);
  }

  // Each way resolves with true when it had worked before it ended.
  async overSocket() {
    if (typeof WebSocket === "undefined") return false;
    const bearer = await api.token();
    return new Promise((resolve) => {
      const socket = new WebSocket(api.socketAddress());
      let ready = false;
      let heard = Date.now();
      const say = (frame) => socket.send(JSON.stringify(frame));
      const end = () => {
        clearInterval(beat);
        clearTimeout(late);
        [this.socket, this.stop] = [null, null];
        socket.onclose = socket.onmessage = null;
        socket.close();
        resolve(ready);
      };
      const late = setTimeout(() => ready || end(), READY_MS);
      const beat = setInterval(() => (Date.now() - heard > SILENT_MS ? end() : ready && say({ op: "ping" })), PING_MS);
      this.stop = end;
      socket.onopen = () => say({ op: "auth", token: bearer, after: this.last() });
      socket.onmessage = ({ data }) => {
        heard = Date.now();
        const frame = JSON.parse(data);
        if (frame.op === "lines") this.take(frame.lines);
        else this.sign(frame.op, frame.seq);
        if (frame.op !== "ready") return;
        [ready, this.socket] = [true, socket];
        this.tell("online");
      };
      socket.onclose = ({ code }) => {
        if (code === TOKEN_REFUSED) api.token(bearer).then(end, end);
        else end();
      };
    });
  }

  async overEvents() {
    const abort = new AbortController();
    this.stop = () => abort.abort();
    let watch = setTimeout(this.stop, READY_MS * 2);
    let heard = false;
    try {
      const response = await api.events(this.last(), abort.signal);
      const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
      for (let rest = ""; ; ) {
        const { value, done } = await reader.read();
        if (done) return heard;
        clearTimeout(watch);
        watch = setTimeout(this.stop, SILENT_MS);
        if (!heard) this.tell("online");
        heard = true;
        const events = (rest + value).split("\n\n");
        rest = events.pop();
        const told = events.flatMap(eventOf);
        this.take(told.filter(([name]) => name === "line").map(([, line]) => line));
        for (const [name, { seq }] of told) this.sign(name, seq);
      }
    } catch (error) {
      return heard || this.failed(error);
    } finally {
      clearTimeout(watch);
      this.stop = null;
    }
  }

  async overPolls() {
    const until = Date.now() + UPGRADE_MS;
    let heard = false;
    while (Date.now() < until) {
      const abort = new AbortController();
      this.stop = () => abort.abort();
      const watch = setTimeout(this.stop, SILENT_MS);
      try {
        // The first one does not wait: it tells quickly whether this way works.
        this.take(await api.history(this.last(), { wait: heard ? 25 : 0, signal: abort.signal }));
        if (!heard) this.tell("online");
        heard = true;
      } catch (error) {
        return this.failed(error);
      } finally {
        clearTimeout(watch);
        this.stop = null;
      }
    }
    return heard;
  }
}

function eventOf(event) {
  const [name, data] = ["event: ", "data: "].map((field) => event.split("\n").find((row) => row.startsWith(field))?.slice(field.length));
  return data ? [[name, JSON.parse(data)]] : [];
}

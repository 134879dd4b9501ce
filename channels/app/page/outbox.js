// Sends what the citizen wrote: oldest first, one at a time, each under its own key until the hub has taken it once.
import * as api from "./api.js";
import * as unsent from "./unsent.js";

const FIRST_WAIT = 1_000;
const LONGEST_WAIT = 30_000;

function newKey() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const hex = [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0"));
  return hex.join(""); // Plain http on a private network offers no randomUUID.
}

export class Outbox {
  // tell: {waiting(item), sending(item), sent(item, taken), failed(item, reason)}
  constructor(tell) {
    this.tell = tell;
    this.queue = [];
    this.busy = false;
    this.wait = FIRST_WAIT;
    this.timer = 0;
  }

  // Brings back what an earlier visit left.
  async restore() {
    this.queue = await unsent.all();
    for (const item of this.queue) this.tell.waiting(item);
    this.flush();
  }

  async add(body, file = null, name = "") {
    const item = { id: newKey(), at: Date.now(), body, file, name };
    this.queue.push(item);
    this.tell.sending(item);
    await unsent.put(item);
    this.flush();
  }

  retry(item) {
    this.queue.push(item);
    this.tell.sending(item);
    this.flush();
  }

  discard(item) {
    return unsent.drop(item.id);
  }

  // Try now; called after each change of the network too.
  async flush() {
    if (this.busy) return;
    clearTimeout(this.timer);
    this.busy = true;
    while (this.queue.length) {
      const item = this.queue[0];
      this.tell.sending(item);
      try {
        const taken = await this.deliver(item);
        this.queue.shift();
        this.wait = FIRST_WAIT;
        this.tell.sent(item, taken);
        await unsent.drop(item.id);
      } catch (error) {
        if (!(error instanceof api.Refused)) console.error(error);
        if (error.temporary ?? true) {
          this.later(error.retryAfter);
          break;
        }
        this.queue.shift();
        this.tell.failed(item, error.problem.title ?? "");
      }
    }
    this.busy = false;
  }

  async deliver(item) {
    if (item.file && !item.body.file_id) {
      const kept = await api.upload(item.file, item.name);
      item.body = { ...item.body, file_id: kept.file_id };
      await unsent.put(item); // The second try must carry the same body under the same key.
    }
    return api.send(item.id, item.body);
  }

  later(retryAfter) {
    for (const item of this.queue) this.tell.waiting(item);
    this.timer = setTimeout(() => this.flush(), retryAfter ? retryAfter * 1000 : this.wait * (0.7 + Math.random() * 0.6));
    this.wait = Math.min(this.wait * 2, LONGEST_WAIT);
  }
}

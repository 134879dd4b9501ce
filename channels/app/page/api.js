// The plain requests to the hub, and the session they need.
import { remember, remembered } from "./memory.js";

const API = "/api/chat/v1";
const RENEW_MS = 60_000;

// The hub said no. `status` and `problem` are its own; status 0 means it was not reached.
export class Refused extends Error {
  constructor(status, problem, retryAfter) {
    super(problem.title ?? String(status));
    this.status = status;
    this.problem = problem;
    this.retryAfter = retryAfter;
  }

  get temporary() {
    return this.status === 0 || this.status === 401 || this.status === 429 || this.status >= 500;
  }
}

let session = null; // {token, expires (ms)}
let renewing = null;
let startedAnew = () => {};

// Calls `back` when an old conversation could not be resumed and a new one began.
export function onNewConversation(back) {
  startedAnew = back;
}

async function ask(path, options) {
  let response;
  try {
    response = await fetch(API + path, { cache: "no-store", credentials: "omit", ...options });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Refused(0, {});
  }
  if (response.ok) return response;
  const problem = await response.json().catch(() => ({}));
  throw new Refused(response.status, problem, Number(response.headers.get("Retry-After")) || problem.retry_after);
}

function opening(body) {
  return ask("/sessions", { method: "POST", body: JSON.stringify(body), headers: { "Content-Type": "application/json" } });
}

async function renew() {
  const resumeToken = remembered("resume");
  let response;
  try {
    response = await opening(resumeToken ? { resume_token: resumeToken } : {});
  } catch (error) {
    if (!resumeToken || error.problem?.code !== "bad_resume") throw error;
    remember("resume", null);
    response = await opening({});
    startedAnew();
  }
  const opened = await response.json();
  remember("resume", opened.resume_token);
  session = { token: opened.token, expires: Date.parse(opened.expires_at) };
}

// A token that is still good for a while. `stale` is one the hub just refused.
export async function token(stale) {
  if (session && (session.token === stale || session.expires - Date.now() < RENEW_MS)) session = null;
  if (!session) await (renewing ??= renew().finally(() => (renewing = null)));
  return session.token;
}

export async function call(path, { headers = {}, ...options } = {}) {
  const bearer = await token();
  const ready = (value) => ({ ...options, headers: { ...headers, Authorization: `Bearer ${value}` } });
  try {
    return await ask(path, ready(bearer));
  } catch (error) {
    if (error.status !== 401) throw error;
    return ask(path, ready(await token(bearer)));
  }
}

function post(path, body, headers) {
  return call(path, { method: "POST", body: JSON.stringify(body), headers: { "Content-Type": "application/json", ...headers } });
}

export async function send(id, body) {
  return (await post("/messages", body, { "Idempotency-Key": id })).json();
}

export async function upload(file, name) {
  const form = new FormData();
  form.append("file", file, name);
  return (await call("/uploads", { method: "POST", body: form })).json();
}

export async function history(after, { wait = 0, signal } = {}) {
  const response = await call(`/messages?after=${after}&limit=100&wait=${wait}`, { signal });
  return (await response.json()).messages;
}

export function events(after, signal) {
  return call(`/events?after=${after}`, { signal, headers: { Accept: "text/event-stream" } });
}

export function seen(seq, shown) {
  return post("/seen", { seq, shown });
}

export function socketAddress() {
  const url = new URL(API + "/ws", location.href);
  url.protocol = url.protocol.replace("http", "ws");
  return url;
}

// Messages not yet taken by the hub, kept in IndexedDB so that a reload or a dead battery loses none.
const NAME = "minsheng.chat";
const STORE = "unsent";
const kept = new Map(); // The same, in memory: all there is where IndexedDB is forbidden.

let opening = null;

function database() {
  opening ??= new Promise((resolve) => {
    try {
      const request = indexedDB.open(NAME, 1);
      request.onupgradeneeded = () => request.result.createObjectStore(STORE, { keyPath: "id" });
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => resolve(null);
    } catch {
      resolve(null);
    }
  });
  return opening;
}

async function run(mode, work) {
  const db = await database();
  if (!db) return null;
  return new Promise((resolve) => {
    try {
      const transaction = db.transaction(STORE, mode);
      const request = work(transaction.objectStore(STORE));
      transaction.oncomplete = () => resolve(request.result);
      transaction.onabort = () => resolve(null); // A full disk: the message stays in memory.
    } catch {
      resolve(null);
    }
  });
}

// An item: {id, at (ms), body, file?, name?}; `id` is the message's idempotency key.
export async function all() {
  for (const item of (await run("readonly", (store) => store.getAll())) ?? []) kept.set(item.id, item);
  return [...kept.values()].sort((one, other) => one.at - other.at);
}

export async function put(item) {
  kept.set(item.id, item);
  await run("readwrite", (store) => store.put(item));
}

export async function drop(id) {
  kept.delete(id);
  await run("readwrite", (store) => store.delete(id));
}

// Small things kept on the device. A browser may forbid it (private windows, frames in other sites' pages): then they
// last as long as the page, or where somebody else keeps them for us.
const PREFIX = "minsheng.chat.";
const fallback = new Map();
let elsewhere = () => {};

function permitted() {
  try {
    return localStorage.length >= 0;
  } catch {
    return false;
  }
}

export const lasting = permitted();

// `kept` is what was kept elsewhere before; keep(all) is called with everything there is whenever it changes.
export function keepElsewhere(kept, keep) {
  for (const [name, value] of Object.entries(kept)) fallback.set(name, value);
  elsewhere = keep;
}

export function remembered(name) {
  return (lasting && localStorage.getItem(PREFIX + name)) || (fallback.get(name) ?? null);
}

export function remember(name, value) {
  fallback.set(name, value);
  if (!lasting) return elsewhere(Object.fromEntries(fallback));
  try {
    if (value === null) localStorage.removeItem(PREFIX + name);
    else localStorage.setItem(PREFIX + name, value);
  } catch {
    // The device is full: kept in the page only.
  }
}

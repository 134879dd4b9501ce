// Small things kept on the device. A browser may forbid it (private windows): then they last as long as the page.
const PREFIX = "minsheng.chat.";
const fallback = new Map();

export function remembered(name) {
  try {
    return localStorage.getItem(PREFIX + name);
  } catch {
    return fallback.get(name) ?? null;
  }
}

export function remember(name, value) {
  fallback.set(name, value);
  try {
    if (value === null) localStorage.removeItem(PREFIX + name);
    else localStorage.setItem(PREFIX + name, value);
  } catch {
    // Kept in the page only.
  }
}

// Where the citizen writes: words, photos, and what is said by a button.
import { WORDS } from "./words.js";

const LARGEST_FILE = 20 * 1024 * 1024;
const byId = (id) => document.getElementById(id);

// say(text) sends words; send(file) a file; warn(text) shows why not; typing() is called while words are written.
export function compose({ say, send, warn, typing }) {
  const [form, words] = [byId("form"), byId("words")];
  const grow = () => {
    words.style.height = "auto";
    words.style.height = `${words.scrollHeight + 2}px`;
  };
  words.addEventListener("input", grow);
  words.addEventListener("input", typing);
  words.addEventListener("keydown", (event) => {
    // An Enter that ends the choosing of characters in an input method is not meant for us.
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    form.requestSubmit();
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const text = words.value.trim();
    if (!text) return words.focus();
    words.value = "";
    grow();
    say(text);
    words.focus();
  });
  for (const kind of ["camera", "photo"]) {
    const input = byId(`${kind}-file`);
    byId(`${kind}-button`).addEventListener("click", () => input.click());
    input.addEventListener("change", () => {
      for (const file of input.files) {
        if (file.size > LARGEST_FILE) warn(WORDS.tooBig);
        else send(file);
      }
      input.value = "";
    });
  }
  for (const button of document.querySelectorAll("[data-say]")) {
    button.addEventListener("click", () => say(button.dataset.say));
  }
}

// Asks for a place: the device's own position if the citizen allows it, else an address he writes.
import { WORDS } from "./words.js";

const LOOKING = { enableHighAccuracy: true, timeout: 10_000, maximumAge: 30_000 };

// found({latitude, longitude}) sends a point; written(text) an address.
export function place({ found, written }) {
  const part = (name) => document.getElementById(name ? `place-${name}` : "place");
  const [dialog, note, words, here] = [part(""), part("note"), part("words"), part("here")];

  part("button").addEventListener("click", () => {
    note.textContent = "";
    dialog.showModal();
  });
  part("cancel").addEventListener("click", () => dialog.close());
  here.addEventListener("click", () => {
    if (!navigator.geolocation) return (note.textContent = WORDS.noPlace);
    note.textContent = WORDS.locating;
    here.disabled = true;
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        here.disabled = false;
        if (!dialog.open) return; // Cancelled meanwhile.
        dialog.close();
        found({ latitude: coords.latitude, longitude: coords.longitude });
      },
      (error) => {
        here.disabled = false;
        note.textContent = error.code === error.PERMISSION_DENIED ? WORDS.refusedPlace : WORDS.noPlace;
        words.focus();
      },
      LOOKING,
    );
  });
  const finish = () => {
    const text = words.value.trim();
    if (!text) return words.focus();
    words.value = "";
    dialog.close();
    written(WORDS.address(text));
  };
  part("send").addEventListener("click", finish);
  words.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    finish();
  });
}

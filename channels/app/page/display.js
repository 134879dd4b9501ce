// Large type, remembered. Runs before the rest so that the page does not jump.
import { remember, remembered } from "./memory.js";

const button = document.getElementById("large");

function show(size) {
  document.documentElement.dataset.type = size;
  button.setAttribute("aria-pressed", String(size === "large"));
}

show(remembered("type") ?? "usual");
button.addEventListener("click", () => {
  const size = document.documentElement.dataset.type === "large" ? "usual" : "large";
  remember("type", size);
  show(size);
});

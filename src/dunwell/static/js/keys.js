/** Keys that work everywhere: g then a letter goes to a page, / searches, ? lists the keys. */
import { isDialogOpen } from "./dialogs.js";

export function isTyping(target) {
  return target.matches("input:not([type=checkbox], [type=radio]), select, textarea, [contenteditable]");
}

/** Click the visible control that carries a key, for instance the call button under c; go to a field. */
function press(key) {
  const control = document.querySelector(`main [data-key="${CSS.escape(key)}"]:not([hidden])`);
  if (control && isTyping(control)) {
    control.focus();
    control.select?.();
  } else control?.click();
  return control !== null;
}

export function startKeys() {
  const help = document.getElementById("keys");
  if (!help) return;
  const places = new Map(
    [...help.querySelectorAll("[data-keys]")].map((place) => [place.dataset.keys, place.dataset.address]),
  );
  let first = "";
  let timer = 0;
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    if (isTyping(event.target) || isDialogOpen()) return;
    const address = places.get(`${first} ${event.key}`);
    const wasFirst = first;
    first = "";
    clearTimeout(timer);
    if (address) {
      window.location.assign(address);
    } else if (event.key === "g" && !wasFirst) {
      first = "g";
      timer = setTimeout(() => { first = ""; }, 1200);
    } else if (event.key === "/") {
      const search = document.getElementById("search");
      search.focus();
      search.select();
    } else if (event.key === "?") {
      help.showModal();
    } else if (!/^[a-z]$/.test(event.key) || !press(event.key)) {
      return;
    }
    event.preventDefault();
  });
}

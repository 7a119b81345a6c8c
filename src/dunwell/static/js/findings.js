/** A list of findings by keyboard: j and k move, and the letters on its buttons press them. */
import { isDialogOpen } from "./dialogs.js";
import { isTyping } from "./keys.js";

const list = () => document.querySelector("[data-findings]");
const rows = () => [...(list()?.querySelectorAll("[data-finding]") ?? [])];
const current = () => list()?.querySelector(".is-current");

function mark(row) {
  current()?.classList.remove("is-current");
  row.classList.add("is-current");
  row.focus({ preventScroll: true });
  row.scrollIntoView({ block: "nearest" });
}

function move(step) {
  const all = rows();
  if (!all.length) return;
  const here = all.indexOf(current());
  mark(all[Math.max(0, Math.min(all.length - 1, here + step))]);
}

const patienceMs = 1200;
let goneAt = 0;

// Capture, so that a letter presses the button of the row that is marked, not the first one.
document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || !list()) return;
  if (isTyping(event.target) || isDialogOpen()) return;
  // g and a letter go to a page, wherever the mark stands
  const isAfterG = Date.now() - goneAt < patienceMs;
  goneAt = event.key === "g" ? Date.now() : 0;
  if (isAfterG || event.key === "g") return;
  if (event.key === "j" || event.key === "ArrowDown") move(1);
  else if (event.key === "k" || event.key === "ArrowUp") move(-1);
  else {
    const button = current()?.querySelector(`[data-finding-key="${CSS.escape(event.key)}"]`);
    if (!button) return;
    button.click();
  }
  event.preventDefault();
}, { capture: true });

document.addEventListener("focusin", (event) => {
  const row = event.target.closest("[data-finding]");
  if (!row || row === current()) return;
  current()?.classList.remove("is-current");
  row.classList.add("is-current");
});

/** The worklist by keyboard: j and k move, Enter opens, and after an action the next one is up. */
import { isDialogOpen } from "./dialogs.js";
import { isTyping } from "./keys.js";

const isWide = () => window.matchMedia("(min-width: 900px)").matches;
const settleMs = 140;

export function startWorklist() {
  const list = document.querySelector("[data-worklist]");
  if (!list) return;
  const detail = document.getElementById("detail");
  let timer = 0;
  let asked = 0;

  const entries = () => [...list.querySelectorAll(".entry")];
  const current = () => list.querySelector(".entry.is-current");
  const link = (entry) => entry.querySelector("a");

  function mark(entry) {
    const before = current();
    before?.classList.remove("is-current");
    if (before) link(before).removeAttribute("aria-current");
    entry.classList.add("is-current");
    link(entry).setAttribute("aria-current", "true");
    entry.scrollIntoView({ block: "nearest" });
  }

  /** Show a customer beside the list; a fast walk through the list asks only for where it ends. */
  function show(entry, { delay = 0 } = {}) {
    mark(entry);
    clearTimeout(timer);
    timer = setTimeout(async () => {
      const turn = ++asked;
      detail.setAttribute("aria-busy", "true");
      const href = link(entry).href;
      await window.htmx.ajax("GET", href, { target: detail, swap: "innerHTML", source: detail });
      if (turn !== asked) return;
      detail.removeAttribute("aria-busy");
      detail.scrollTop = 0;
      window.history.replaceState(window.history.state, "", href);
    }, delay);
  }

  function move(step) {
    const all = entries();
    if (!all.length) return;
    const here = all.indexOf(current());
    const next = all[Math.max(0, Math.min(all.length - 1, here + step))];
    link(next).focus({ preventScroll: true });
    if (isWide()) show(next, { delay: settleMs });
    else mark(next);
  }

  /** Ask for the list as the server ranks it now. */
  function refresh() {
    return window.htmx.ajax("GET", list.dataset.refresh || window.location.pathname, { target: list, swap: "innerHTML", source: list });
  }

  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    if (isTyping(event.target) || isDialogOpen() || event.target.closest(".menu, .split-detail a, .split-detail button, .split-detail summary")) {
      if (!["j", "k"].includes(event.key) || isTyping(event.target) || isDialogOpen()) return;
    }
    if (event.key === "j" || event.key === "ArrowDown") move(1);
    else if (event.key === "k" || event.key === "ArrowUp") move(-1);
    else if (event.key === "Enter" && current() && (event.target === document.body || list.contains(event.target))) {
      window.location.assign(current().dataset.customer);
    } else return;
    event.preventDefault();
  });

  list.addEventListener("click", (event) => {
    const entry = event.target.closest(".entry");
    if (!entry || !isWide() || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    show(entry);
  });

  document.addEventListener("acted", async (event) => {
    if (event.detail.then) return;
    if (!isWide()) {
      window.location.assign(list.dataset.worklist);
      return;
    }
    const all = entries();
    const done = current();
    const after = all[all.indexOf(done) + 1] ?? all[all.indexOf(done) - 1];
    const wanted = after?.dataset.id;
    await refresh();
    const next = entries().find((entry) => entry.dataset.id === wanted) ?? entries()[0];
    if (!next) {
      window.location.assign(list.dataset.worklist);
      return;
    }
    link(next).focus({ preventScroll: true });
    show(next);
  });

  if (current()) current().scrollIntoView({ block: "nearest" });
}

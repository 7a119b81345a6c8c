/** A thin line at the top once an answer takes longer than a second. */
const patienceMs = 1000;

export function startProgress() {
  const line = document.getElementById("progress");
  let waiting = 0;
  let timer = 0;
  document.addEventListener("htmx:beforeRequest", () => {
    waiting += 1;
    if (waiting === 1) timer = setTimeout(() => line.classList.add("is-on"), patienceMs);
  });
  document.addEventListener("htmx:afterRequest", () => {
    waiting = Math.max(0, waiting - 1);
    if (waiting) return;
    clearTimeout(timer);
    line.classList.remove("is-on");
  });
  document.addEventListener("submit", (event) => {
    if (!event.defaultPrevented && event.target.method !== "dialog") {
      setTimeout(() => line.classList.add("is-on"), patienceMs);
    }
  });
  window.addEventListener("pageshow", () => line.classList.remove("is-on"));
}

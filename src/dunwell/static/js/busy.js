/** Long work behind a button: say what runs, show that it moves, and take no second click. */
for (const form of document.querySelectorAll("form[data-busy]")) {
  form.addEventListener("submit", () => {
    const words = form.querySelector("button span");
    if (words) words.textContent = form.dataset.busy;
    const bar = document.querySelector(".busy");
    if (bar) bar.hidden = false;
  });
}
window.addEventListener("pageshow", (event) => {
  if (event.persisted) window.location.reload();
});

/** Search from anywhere: arrow keys move through the answers, Escape leaves. */
export function startSearch() {
  const box = document.querySelector("[data-search]");
  if (!box) return;
  const input = box.querySelector("input");
  const results = box.querySelector(".search-results");
  const links = () => [...results.querySelectorAll("a")];
  const close = () => results.replaceChildren();

  box.addEventListener("keydown", (event) => {
    const all = links();
    const here = all.indexOf(document.activeElement);
    if (event.key === "ArrowDown" && all.length) {
      all[Math.min(here + 1, all.length - 1)].focus();
    } else if (event.key === "ArrowUp" && here >= 0) {
      (here === 0 ? input : all[here - 1]).focus();
    } else if (event.key === "Escape") {
      close();
      input.blur();
    } else return;
    event.preventDefault();
    event.stopPropagation();
  });
  document.addEventListener("click", (event) => {
    if (!box.contains(event.target)) close();
  });
  box.addEventListener("focusout", (event) => {
    if (event.relatedTarget && !box.contains(event.relatedTarget)) close();
  });
}

/** Menus are <details>; this closes them on Escape, on a click elsewhere, and when another opens. */
const selector = "details.menu, details.define";

function closeAll(except) {
  for (const menu of document.querySelectorAll("details.menu[open], details.define[open]")) {
    if (menu !== except && !menu.contains(except)) menu.open = false;
  }
}

export function startMenus() {
  document.addEventListener("click", (event) => closeAll(event.target.closest(selector)));
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const open = document.querySelector("details.menu[open], details.define[open]");
    if (!open) return;
    open.open = false;
    open.querySelector("summary").focus();
    event.stopPropagation();
  });
}

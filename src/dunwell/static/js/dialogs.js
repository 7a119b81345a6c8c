/** Links marked data-dialog open their page's form in a dialog; without a script they are pages. */
const dialog = () => document.getElementById("dialog");

export function isDialogOpen() {
  return document.querySelector("dialog[open]") !== null;
}

export function openDialog(link) {
  openForm(link.href, link.dataset.dialog);
}

function openForm(address, title) {
  const box = dialog();
  const body = document.getElementById("dialog-body");
  body.replaceChildren();
  document.getElementById("dialog-title").textContent = title;
  box.setAttribute("aria-label", title);
  // a source of its own: behind the page's own request it would be told as done before it is
  window.htmx.ajax("GET", address, { target: body, swap: "innerHTML", source: body }).then(() => {
    if (!body.childElementCount) return;
    if (!box.open) box.showModal();
    focusFirst(body);
  });
}

export function focusFirst(body) {
  const first = body.querySelector("[role=alert], [aria-invalid=true], [autofocus], input:not([type=hidden]), select, textarea, button");
  first?.focus();
}

export function startDialogs() {
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-dialog]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || !window.htmx) return;
    event.preventDefault();
    openDialog(link);
  });
  for (const box of document.querySelectorAll("dialog")) {
    box.addEventListener("click", (event) => {
      if (event.target === box) box.close();
    });
  }
  document.addEventListener("click", (event) => {
    const cancel = event.target.closest("#dialog [data-cancel]");
    if (!cancel) return;
    event.preventDefault();
    dialog().close();
  });
  // The action was taken: close, and show the page as it is now.
  document.addEventListener("acted", (event) => {
    dialog()?.close();
    const page = document.querySelector("[data-worklist]") ? null : document.getElementById("page");
    if (event.detail.then) openForm(event.detail.then, event.detail.title);
    else if (page) window.htmx.ajax("GET", window.location.href, { target: page, select: "#page", swap: "outerHTML" });
  });
}

/** Short notes at the corner: what the server did (HX-Trigger: toast), or why it could not. */
const staysMs = 6000;

export function toast(text, { isError = false } = {}) {
  const home = document.getElementById("toasts");
  const note = document.createElement("div");
  note.className = isError ? "toast-note is-error" : "toast-note";
  const words = document.createElement("span");
  words.textContent = text;
  note.append(words);
  arm(note, isError);
  home.append(note);
}

function arm(note, isError) {
  const close = document.createElement("button");
  close.type = "button";
  close.className = "btn btn-quiet btn-small";
  close.textContent = document.getElementById("toasts").dataset.close;
  close.addEventListener("click", () => note.remove());
  note.append(close);
  if (!isError) setTimeout(() => note.remove(), staysMs);
}

export function startToasts() {
  const home = document.getElementById("toasts");
  if (!home) return;
  for (const note of home.children) arm(note, note.classList.contains("is-error"));
  document.addEventListener("toast", (event) => toast(event.detail.text ?? event.detail.value, { isError: event.detail.error }));
  document.addEventListener("htmx:sendError", () => toast(home.dataset.offline, { isError: true }));
  document.addEventListener("htmx:timeout", () => toast(home.dataset.offline, { isError: true }));
  document.addEventListener("htmx:responseError", (event) => {
    const isForbidden = event.detail.xhr.status === 403;
    toast(isForbidden ? home.dataset.forbidden : home.dataset.failed, { isError: true });
  });
  // A session that ended answers with the sign-in page; never swap that into a fragment.
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (!new URL(event.detail.xhr.responseURL, location.href).pathname.startsWith("/accounts/")) return;
    if (location.pathname.startsWith("/accounts/")) return;
    event.detail.shouldSwap = false;
    toast(home.dataset.expired, { isError: true });
  });
}

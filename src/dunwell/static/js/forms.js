/** Forms: errors get the focus, one click sends once, digits choose, dates jump, a field chooses its way. */
import { focusFirst } from "./dialogs.js";

function steps(form) {
  return [...form.querySelectorAll("fieldset[data-step]:not([hidden])")];
}

/** Mark the first unanswered step, so that its digits are the ones that count. */
function activate(form) {
  const open = steps(form).find((step) => !step.querySelector(":checked"));
  for (const step of steps(form)) step.classList.toggle("is-active", step === open);
  return open;
}

/** A result that leaves no room for a reason hides the steps it makes pointless. */
function hidePointless(form) {
  const chosen = form.querySelector("input[data-skips]:checked");
  const skips = chosen ? chosen.dataset.skips.split(" ") : [];
  for (const step of form.querySelectorAll("fieldset[data-step]")) {
    step.hidden = skips.includes(step.dataset.step);
  }
}

function chooseByDigit(event) {
  const form = document.querySelector("dialog[open] form[data-steps]") ?? document.querySelector("main form[data-steps]");
  if (!form || !/^[1-9]$/.test(event.key) || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.matches("textarea, input:not([type=radio], [type=checkbox])")) return;
  const step = activate(form);
  const choice = step?.querySelectorAll("input[type=radio]")[Number(event.key) - 1];
  if (!choice) return;
  event.preventDefault();
  choice.checked = true;
  choice.dispatchEvent(new Event("change", { bubbles: true }));
  const next = activate(form);
  if ("stays" in choice.dataset) form.querySelector("input[type=date]").focus();
  else if (next) next.querySelector("input").focus();
  else form.requestSubmit();
}

export function startForms() {
  document.addEventListener("keydown", chooseByDigit);
  document.addEventListener("change", (event) => {
    const form = event.target.closest("form[data-steps]");
    if (form) {
      hidePointless(form);
      activate(form);
    }
    if (event.target.matches("[data-select-all]")) {
      const scope = event.target.closest("form, table");
      for (const box of scope.querySelectorAll("tbody input[type=checkbox]")) box.checked = event.target.checked;
    }
    const choice = event.target.closest("[data-chooses]");
    if (choice) document.getElementById(choice.dataset.chooses).checked = true;
    if (event.target.matches("[data-submit]")) event.target.form.requestSubmit();
  });
  document.addEventListener("htmx:afterSwap", (event) => {
    const target = event.detail.target;
    for (const form of target.querySelectorAll("form[data-steps]")) {
      hidePointless(form);
      activate(form);
    }
  });
  // After settling: htmx itself has moved the focus to what asks for it by then.
  document.addEventListener("htmx:afterSettle", (event) => {
    if (event.detail.xhr.status === 422) focusFirst(event.detail.target);
  });
  document.addEventListener("submit", (event) => {
    const button = event.submitter;
    if (event.defaultPrevented || !button || event.target.method === "dialog") return;
    setTimeout(() => button.setAttribute("aria-disabled", "true"));
  });
  document.addEventListener("click", (event) => {
    if (event.target.closest("button[aria-disabled=true]")) event.preventDefault();
  });
  window.addEventListener("pageshow", () => {
    for (const button of document.querySelectorAll("button[aria-disabled=true]")) button.removeAttribute("aria-disabled");
  });
  const refused = document.querySelector("main [role=alert], main [aria-invalid=true]");
  refused?.focus();
  for (const form of document.querySelectorAll("form[data-steps]")) {
    hidePointless(form);
    activate(form);
  }
}

/** What was typed before signing in again comes back into its form, on the page or in its dialog. */
import { openDialog } from "./dialogs.js";

const pathOf = (address) => new URL(address, location.href).pathname;

function isOf(form, action) {
  return form.method === "post" && pathOf(form.getAttribute("hx-post") ?? form.getAttribute("action") ?? "") === action;
}

/** Of forms like it in a table, the one of the same row: what is hidden in it is the same. */
function isSame(form, fields) {
  return [...form.elements].every((field) => {
    if (field.type !== "hidden" || field.name === "csrfmiddlewaretoken" || !(field.name in fields)) return true;
    return fields[field.name].includes(field.value);
  });
}

function fill(form, fields) {
  let filled = 0;
  const left = new Map(Object.entries(fields).map(([name, values]) => [name, [...values]]));
  for (const field of form.elements) {
    const values = fields[field.name];
    if (field.type === "checkbox" || field.type === "radio") field.checked = values?.includes(field.value) ?? false;
    else if (!values || ["hidden", "password", "file", "submit", "button"].includes(field.type)) continue;
    else if (field.type === "select-multiple") for (const one of field.options) one.selected = values.includes(one.value);
    else field.value = left.get(field.name).shift() ?? field.value;
    if (!values) continue;
    filled += 1;
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.dispatchEvent(new Event("change", { bubbles: true }));
  }
  return filled;
}

export function startTyped() {
  const told = document.getElementById("typed-before");
  if (!told) return;
  const { action, fields } = JSON.parse(told.dataset.typed);
  const putBack = (scope) => {
    const form = [...scope.querySelectorAll("form")].find((one) => isOf(one, action) && isSame(one, fields));
    if (form && fill(form, fields)) told.hidden = false;
    return Boolean(form);
  };
  if (putBack(document)) return;
  const link = [...document.querySelectorAll("a[data-dialog]")].find((one) => pathOf(one.href) === action);
  if (!link) return;
  const body = document.getElementById("dialog-body");
  body.addEventListener("htmx:afterSettle", () => putBack(body), { once: true });
  openDialog(link);
}

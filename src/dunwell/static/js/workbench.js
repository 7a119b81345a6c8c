/** One payment beside items: a proposal fills the fields, the remainder follows what is typed. */
import { isDialogOpen } from "./dialogs.js";
import { isTyping } from "./keys.js";

const form = document.querySelector("[data-workbench]");
const longestSeconds = 3600;

/** Return typed text as minor units, null when it is no amount: whole numbers only, no floats. */
export function readMinor(text, { digits, decimal }) {
  const plain = text.replace(/[\s\u00a0\u202f']/g, "").replaceAll(decimal === "," ? "." : ",", "").replace("\u2212", "-");
  const found = /^(-?)(\d*)(?:[.,](\d*))?$/.exec(plain);
  if (!found || (!found[2] && !found[3])) return plain === "" ? 0n : null;
  const part = found[3] ?? "";
  if (part.length > digits) return null;
  const minor = BigInt(`${found[2] || "0"}${part.padEnd(digits, "0")}`);
  return found[1] ? -minor : minor;
}

/** Return minor units as they are typed, in the reader's decimal sign. */
export function minorText(minor, { digits, decimal }) {
  const sign = minor < 0n ? "-" : "";
  const text = (minor < 0n ? -minor : minor).toString().padStart(digits + 1, "0");
  return digits ? `${sign}${text.slice(0, -digits)}${decimal}${text.slice(-digits)}` : `${sign}${text}`;
}

function start() {
  const style = { digits: Number(form.dataset.digits), decimal: form.dataset.decimal };
  const left = BigInt(form.dataset.left);
  const sum = form.querySelector("[data-sum]");
  const apply = form.querySelector("[data-apply]");
  const restHere = form.querySelector("[data-rest-here]");
  const deductHere = form.querySelector("[data-deduct-here]");
  let row = null;

  const rows = () => [...form.querySelectorAll("[data-row]")];
  const field = (of, name) => of.querySelector(`[name="${name}-${of.dataset.row}"]`);

  /** Return what of the payment a row uses: its own field across currencies, else the amount. */
  function uses(of) {
    const text = (field(of, "paid") ?? field(of, "amount")).value;
    return readMinor(text, style);
  }

  function rest() {
    let used = 0n;
    for (const one of rows()) {
      const amount = uses(one);
      if (amount === null) return null;
      used += amount;
    }
    return left - used;
  }

  function show() {
    const over = rest();
    sum.classList.toggle("is-over", over === null || over < 0n);
    sum.classList.toggle("is-even", over === 0n);
    apply.disabled = over === null || over < 0n;
    if (over === null) return;
    const amount = document.createElement("span");
    amount.className = "num strong";
    amount.textContent = `${minorText(over < 0n ? -over : over, style)} ${sum.dataset.currency}`;
    if (over === 0n) sum.replaceChildren(sum.dataset.ok);
    else sum.replaceChildren(amount, ` ${over > 0n ? sum.dataset.rest : sum.dataset.over}`);
  }

  /** Fill the fields as a proposal says and empty those it does not name. */
  function fill(choice) {
    const names = ["amount", "paid", "discount", "off", "deduct"];
    const told = new Map();
    for (const line of choice.dataset.proposal.split(";")) {
      const [key, ...texts] = line.trim().split("|");
      if (key) told.set(key, texts);
    }
    for (const one of rows()) {
      const texts = told.get(one.dataset.row) ?? [];
      names.forEach((name, place) => {
        const box = field(one, name);
        if (box) box.value = texts[place] ?? "";
      });
      if (texts[5]) field(one, "why").value = texts[5];
      one.querySelector("details").open = Boolean(texts[2] || texts[3] || texts[4]);
    }
    show();
  }

  function choose(rank) {
    const choice = form.querySelector(`[name="proposal"][value="${rank}"]`);
    if (!choice) return false;
    choice.checked = true;
    choice.focus();
    fill(choice);
    return true;
  }

  form.addEventListener("input", show);
  form.addEventListener("change", (event) => {
    if (event.target.matches("[data-proposal]")) fill(event.target);
  });
  form.addEventListener("focusin", (event) => {
    row = event.target.closest("[data-row]") ?? row;
    restHere.hidden = row === null;
    deductHere.hidden = row === null;
  });
  restHere.addEventListener("click", () => {
    const box = field(row, "paid") ?? field(row, "amount");
    const more = rest();
    const before = readMinor(box.value, style);
    if (more === null || before === null) return;
    box.value = minorText(before + more, style);
    field(row, "amount").focus();
    show();
  });
  deductHere.addEventListener("click", () => {
    row.querySelector("details").open = true;
    field(row, "deduct").focus();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && form.contains(event.target)) {
      event.preventDefault();
      apply.click();
      return;
    }
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape" && isTyping(event.target) && form.contains(event.target)) event.target.blur();
    if (isTyping(event.target) || isDialogOpen()) return;
    if (event.key === "f") form.querySelector("#find").focus();
    else if (!/^[1-5]$/.test(event.key) || !choose(event.key)) return;
    event.preventDefault();
  });
  // rows that a search found before are not offered twice, and typed ones stay when it changes
  document.addEventListener("htmx:configRequest", (event) => {
    if (event.target.id === "find") event.detail.parameters.shown = rows().filter((one) => !one.closest("#found")).map((one) => one.dataset.row);
  });
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.target.id !== "found") return;
    const kept = rows().filter((one) => one.closest("#found") && field(one, "amount").value.trim());
    form.querySelector("[data-rows]").append(...kept);
  });

  let seconds = 0;
  let since = Date.now();
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) seconds += (Date.now() - since) / 1000;
    since = Date.now();
  });
  form.addEventListener("submit", () => {
    const spent = seconds + (document.hidden ? 0 : (Date.now() - since) / 1000);
    form.querySelector("[data-seconds]").value = String(Math.min(Math.round(spent), longestSeconds));
  });
  show();
}

if (form) start();

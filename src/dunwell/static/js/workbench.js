/** One payment beside items: a proposal fills the fields, the remainder follows what is typed. */
import { isDialogOpen } from "./dialogs.js";
import { isTyping } from "./keys.js";

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

/** Make the form of a case work; return what the keys of the page do with it. */
function start(form) {
  const style = { digits: Number(form.dataset.digits), decimal: form.dataset.decimal };
  const left = BigInt(form.dataset.left);
  const sum = form.querySelector("[data-sum]");
  const apply = form.querySelector("[data-apply]");
  const find = form.querySelector("#find");
  const here = form.querySelectorAll("[data-here]");
  const since = { shown: Date.now(), seconds: 0 };
  let row = null;
  let goesToFound = false;

  const rows = () => [...form.querySelectorAll("[data-row]")];
  const field = (of, name) => of.querySelector(`[name="${name}-${of.dataset.row}"]`);
  /** The row somebody was in last, else the first one. */
  const chosen = () => (row?.isConnected ? row : rows()[0]);

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

  /** Return what stays open on a row's item, 0 where that is another currency or nothing is paid. */
  function missing(of) {
    if ("foreign" in of.dataset || !field(of, "amount").value.trim()) return 0n;
    let open = BigInt(of.dataset.open);
    for (const name of ["amount", "discount", "off", "deduct"]) {
      const amount = readMinor(field(of, name).value, style);
      if (amount === null) return 0n;
      open -= amount;
    }
    return open;
  }

  function show() {
    for (const button of here) button.hidden = rows().length === 0;
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

  /** Take no proposal: every field is empty again. */
  function clear() {
    const choice = form.querySelector("[name=proposal]:checked");
    if (choice) choice.checked = false;
    fill({ dataset: { proposal: "" } });
  }

  function enter(box) {
    box.focus();
    box.select();
  }

  /** Put the rest of the payment on a row. */
  function restHere(of) {
    const box = field(of, "paid") ?? field(of, "amount");
    const more = rest();
    const before = readMinor(box.value, style);
    if (more === null || before === null) return;
    box.value = minorText(before + more, style);
    field(of, "amount").focus();
  }

  /** Open a difference of a row; it is what the amount leaves open, until something else is typed. */
  function differ(of, name) {
    const box = field(of, name);
    const short = missing(of);
    of.querySelector("details").open = true;
    if (!box.value.trim() && short > 0n) box.value = minorText(short, style);
    enter(box);
  }

  /** Go to the item whose number is typed: listed already, else as soon as it is found. */
  function goTo(text) {
    const isIt = (one) => one.querySelector("th a").textContent.toLowerCase().includes(text);
    const listed = text && rows().find((one) => !one.closest("#found") && isIt(one));
    if (listed) return enter(field(listed, "amount"));
    goesToFound = true;
    window.htmx.trigger(find, "search");
  }

  /** Go to the amount of the next row or the one before; after the last one to the button. */
  function step(target, by) {
    const all = rows();
    const next = all[all.indexOf(target.closest("[data-row]")) + by];
    if (next && target.closest("[data-row]")) enter(field(next, "amount"));
    else if (by > 0) apply.focus();
  }

  /** In a field Enter goes on, it never applies; Ctrl and Enter does. */
  function typed(event) {
    const target = event.target;
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) apply.click();
    else if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    else if (event.key === "Escape" && isTyping(target)) return target.blur();
    else if (event.key === "Enter" && target === find) goTo(find.value.trim().toLowerCase());
    else if (event.key === "Enter" && isTyping(target)) step(target, 1);
    else if (event.key === "ArrowDown" && target.matches("[name^=amount-]")) step(target, 1);
    else if (event.key === "ArrowUp" && target.matches("[name^=amount-]")) step(target, -1);
    else return;
    event.preventDefault();
  }

  form.addEventListener("keydown", typed);
  form.addEventListener("input", show);
  form.addEventListener("change", (event) => {
    if (event.target.matches("[data-proposal]")) fill(event.target);
  });
  form.addEventListener("focusin", (event) => {
    row = event.target.closest("[data-row]") ?? row;
  });
  form.addEventListener("click", (event) => {
    const button = event.target.closest("[data-here]");
    if (!button) return;
    if (button.dataset.here === "rest") restHere(chosen());
    else differ(chosen(), button.dataset.here);
    show();
  });
  // rows that a search found before are not offered twice, and typed ones stay when it changes
  form.addEventListener("htmx:configRequest", (event) => {
    if (event.target === find) event.detail.parameters.shown = rows().filter((one) => !one.closest("#found")).map((one) => one.dataset.row);
  });
  form.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.target.id !== "found") return;
    const at = document.activeElement;
    const kept = rows().filter((one) => one.closest("#found") && (field(one, "amount").value.trim() || one.contains(at)));
    form.querySelector("[data-rows]").append(...kept);
    // moving it takes the focus away
    if (kept.some((one) => one.contains(at))) at.focus();
  });
  // what stayed may be found once more; two fields of one item would take its amount twice
  form.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target.id !== "found") return;
    for (const one of form.querySelectorAll("#found [data-row]")) {
      if (form.querySelector(`[data-rows] > [data-row="${one.dataset.row}"]`)) one.remove();
    }
  });
  form.addEventListener("htmx:afterSettle", (event) => {
    if (event.detail.target.id !== "found") return;
    const first = form.querySelector("#found [data-row]");
    if (goesToFound && first) enter(field(first, "amount"));
    goesToFound = false;
    show();
  });
  form.addEventListener("submit", () => {
    const spent = since.seconds + (document.hidden ? 0 : (Date.now() - since.shown) / 1000);
    form.querySelector("[data-seconds]").value = String(Math.min(Math.round(spent), longestSeconds));
  });
  show();
  return { form, since, choose, clear, edit: () => rows().length && enter(field(chosen(), "amount")) };
}

let bench = null;

/** The form is another one after something was done in a dialog; it works like the first. */
function startNew() {
  const form = document.querySelector("[data-workbench]");
  if (form !== (bench?.form ?? null)) bench = form && start(form);
}

document.addEventListener("keydown", (event) => {
  if (!bench || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
  if (isTyping(event.target) || isDialogOpen()) return;
  if (event.key === "e") bench.edit();
  else if (event.key === "0") bench.clear();
  else if (!/^[1-5]$/.test(event.key) || !bench.choose(event.key)) return;
  event.preventDefault();
});
document.addEventListener("visibilitychange", () => {
  if (!bench) return;
  if (document.hidden) bench.since.seconds += (Date.now() - bench.since.shown) / 1000;
  bench.since.shown = Date.now();
});
document.addEventListener("htmx:afterSwap", startNew);
startNew();

/** The YAML editor: line numbers beside the text, and the line that is wrong in view. */
const form = document.querySelector("[data-editor]");
const text = form?.querySelector("textarea");
const lines = form?.querySelector(".editor-lines");

function number() {
  const count = text.value.split("\n").length;
  if (lines.childElementCount === count) return;
  lines.replaceChildren(
    ...Array.from({ length: count }, (_, index) => {
      const line = document.createElement("span");
      line.textContent = String(index + 1);
      return line;
    }),
  );
}

function show(line) {
  const height = text.scrollHeight / text.value.split("\n").length;
  lines.children[line - 1]?.classList.add("is-wrong");
  text.scrollTop = Math.max(0, (line - 5) * height);
  lines.scrollTop = text.scrollTop;
}

if (text) {
  number();
  text.addEventListener("input", number);
  text.addEventListener("scroll", () => {
    lines.scrollTop = text.scrollTop;
  });
  if (form.dataset.line) show(Number(form.dataset.line));
}

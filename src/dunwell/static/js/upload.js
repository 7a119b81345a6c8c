/** The upload form: files can be dropped, their names and sizes are shown, too large is said at once. */
const form = document.querySelector("[data-upload]");
const zone = form?.querySelector("[data-dropzone]");
const input = form?.querySelector("input[type=file]");
const chosen = form?.querySelector("[data-chosen]");

function size(bytes) {
  const units = ["B", "KB", "MB", "GB"];
  const step = bytes ? Math.min(3, Math.floor(Math.log(bytes) / Math.log(1024))) : 0;
  return `${(bytes / 1024 ** step).toFixed(step ? 1 : 0)} ${units[step]}`;
}

function show() {
  const files = [...input.files];
  chosen.replaceChildren(
    ...files.map((file) => {
      const chip = document.createElement("li");
      chip.className = "chip";
      chip.textContent = `${file.name} · ${size(file.size)}`;
      return chip;
    }),
  );
  const total = files.reduce((sum, file) => sum + file.size, 0);
  input.setCustomValidity(total > Number(form.dataset.limit) ? form.dataset.tooLarge : "");
}

if (form) {
  input.addEventListener("change", () => {
    show();
    input.reportValidity();
  });
  for (const name of ["dragenter", "dragover"]) {
    zone.addEventListener(name, (event) => {
      event.preventDefault();
      zone.classList.add("is-over");
    });
  }
  for (const name of ["dragleave", "drop"]) {
    zone.addEventListener(name, () => zone.classList.remove("is-over"));
  }
  zone.addEventListener("drop", (event) => {
    event.preventDefault();
    if (!event.dataTransfer.files.length) return;
    input.files = event.dataTransfer.files;
    show();
    input.reportValidity();
  });
}

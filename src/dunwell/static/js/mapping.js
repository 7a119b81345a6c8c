/** The mapping form: two columns of a table never claim one field. */
const form = document.querySelector("[data-mapping]");

form?.addEventListener("change", (event) => {
  const select = event.target.closest(".mapping select");
  if (!select || !select.value) return;
  for (const other of select.closest("table").querySelectorAll("select")) {
    if (other !== select && other.value === select.value) other.value = "";
  }
});

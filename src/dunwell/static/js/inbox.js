/** The inbox by keyboard: letters press the buttons of the message shown; the list follows. */
const list = document.querySelector("[data-inbox]");

list?.querySelector(".is-current")?.scrollIntoView({ block: "nearest" });

// one box chooses every message of the page
const all = document.querySelector("[data-choose-all]");
all?.addEventListener("change", () => {
  for (const box of document.querySelectorAll("[data-choose]")) box.checked = all.checked;
});

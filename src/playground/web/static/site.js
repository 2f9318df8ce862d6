/** What every page has: the language link that keeps the query, light and dark. */

/** @param {string} theme */
function paint(theme) {
  document.documentElement.dataset.theme = theme;
  document.body.classList.toggle("dark", theme === "dark");
}

/** Its button turns light to dark and back. @param {HTMLElement} element the header's place */
export function darken(element) {
  element.querySelector(".theme")?.addEventListener("click", () => {
    paint(document.body.classList.contains("dark") ? "light" : "dark");
    try {
      localStorage.setItem("playground:theme", document.documentElement.dataset.theme ?? "light");
    } catch {
      // a frame of another origin may have no storage: the choice lasts as long as the page
    }
  });
}

/** A key that an input method is at work with is nobody else's: Escape drops what is being composed, an arrow or Enter chooses a word of it. @param {KeyboardEvent} event */
function composed(event) {
  if (!event.isComposing && event.keyCode !== 229) return; // Safari says only by the number that Enter ended it
  event.stopImmediatePropagation();
  if (event.key === "Escape") event.preventDefault(); // at which a search field empties itself
}

/** @param {HTMLElement} element the header's place */
export function header(element) {
  document.addEventListener("keydown", composed, { capture: true }); // the same one is added once
  const language = /** @type {HTMLAnchorElement} */ (element.querySelector(".language"));
  document.documentElement.lang = language.lang === "en" ? "zh-CN" : "en"; // Gradio writes the browser's own
  paint(document.documentElement.dataset.theme ?? "light"); // likewise
  const path = language.pathname;
  for (const name of ["pointerdown", "focus", "click"]) language.addEventListener(name, () => (language.href = path + location.search));
  darken(element);
  const menu = /** @type {HTMLDetailsElement} */ (element.querySelector(".menu"));
  document.addEventListener("click", (event) => {
    if (!menu.contains(/** @type {Node} */ (event.target))) menu.open = false;
  });
  menu.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    menu.open = false;
    menu.querySelector("summary")?.focus();
  });
}

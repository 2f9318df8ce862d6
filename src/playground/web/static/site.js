/** What every page has: the language link that keeps the query, light and dark. */

const KEY = "playground:theme";

/** @param {boolean} dark */
function paint(dark) {
  document.body.classList.toggle("dark", dark);
}

/** @param {HTMLElement} element the header's place */
export function header(element) {
  document.documentElement.lang = location.pathname.startsWith("/zh") ? "zh-CN" : "en"; // Gradio writes the browser's own
  const asked = new URLSearchParams(location.search).get("__theme");
  const kept = localStorage.getItem(KEY);
  if (!asked && kept) paint(kept === "dark");
  const language = /** @type {HTMLAnchorElement} */ (element.querySelector(".language"));
  const path = language.pathname;
  for (const name of ["pointerdown", "focus", "click"]) language.addEventListener(name, () => (language.href = path + location.search));
  element.querySelector(".theme")?.addEventListener("click", () => {
    const dark = !document.body.classList.contains("dark");
    localStorage.setItem(KEY, dark ? "dark" : "light");
    paint(dark);
  });
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

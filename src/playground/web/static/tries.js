/** Links of the lesson that are runs of its page, `?positions=none&vs=positions:rotary`: tried on the stage, without another page. */

import { calm } from "./dom.js";

/** @param {(search: string) => void} tried called with the run's query */
export function watchTries(tried) {
  document.addEventListener("click", (event) => {
    const link = /** @type {HTMLAnchorElement | null} */ (/** @type {Element} */ (event.target).closest?.("a.try"));
    if (!link || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return; // another tab is the browser's own affair
    event.preventDefault();
    tried(link.search);
  });
}

/** Go where the run is seen. */
export function atStage() {
  const stage = document.getElementById("stage");
  stage?.scrollIntoView({ block: "start", behavior: calm() ? "auto" : "smooth" });
  stage?.focus({ preventScroll: true });
}

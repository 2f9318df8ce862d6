/** Symbols of the lesson point at parts of the stage while they are hovered, touched or focused. */

/** @param {(keys: string[]) => void} point called with the keys of the symbol, [] when it is left */
export function watchSymbols(point) {
  let last = "";
  const light = (/** @type {Event} */ event) => {
    const symbol = /** @type {HTMLElement | null} */ (/** @type {HTMLElement} */ (event.target).closest?.("[data-key].symbol"));
    const left = event.type === "pointerout" || event.type === "focusout";
    const keys = (left ? "" : symbol?.dataset.key) ?? "";
    if (keys === last) return;
    last = keys;
    point(keys ? keys.split(" ") : []);
  };
  for (const name of ["pointerover", "pointerout", "focusin", "focusout", "pointerdown"]) document.addEventListener(name, light);
}

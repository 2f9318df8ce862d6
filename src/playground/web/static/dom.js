/** Small helpers for the document. Text always goes in as text, never as markup. */

/**
 * An element with attributes, listeners (onclick: …) and children.
 * @param {string} tag
 * @param {Record<string, any>} [attributes]
 * @param {...(Node | string | null | undefined | false)} children
 * @returns {any}
 */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  element.append(...children.filter((child) => child !== null && child !== undefined && child !== false).map((child) => /** @type {Node | string} */ (child)));
  return element;
}

/** The value of a colour token of site.css. @param {string} name */
export function token(name) {
  return getComputedStyle(document.body).getPropertyValue(`--${name}`).trim() || "#888";
}

/** @param {() => void} action called when light turns to dark or back */
export function onThemeChange(action) {
  new MutationObserver(action).observe(document.body, { attributes: true, attributeFilter: ["class"] });
}

/** @param {() => void} action called when a pixel of the page becomes more or fewer pixels of the screen: enlarged, or on another screen */
export function onRatioChange(action) {
  const again = () => {
    action();
    onRatioChange(action);
  };
  matchMedia(`(resolution: ${devicePixelRatio}dppx)`).addEventListener("change", again, { once: true });
}

export const calm = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

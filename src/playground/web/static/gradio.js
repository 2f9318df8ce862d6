/** Gradio's page, which comes after the first picture: its script, and its places, into which what stands in the HTML moves, all at once. */

import { h } from "./dom.js";

/** Parts that stand in the HTML first. */
const PARTS = ["stage", "twin", "charts", "presets", "check", "go"];
const LATEST = 1500; // ms: a slow run does not keep it waiting

export class Gradio {
  /** @type {Map<string, HTMLElement>} */
  #places = new Map();

  /** @param {HTMLElement} shell what the HTML came with @param {() => void} settled called when all has moved */
  constructor(shell, settled) {
    this.shell = shell;
    this.settled = settled;
    this.script = shell.dataset.gradio;
    this.hosts = Object.fromEntries(PARTS.map((name) => [name, h("div", { class: `slot ${name}` })]));
    for (const name of PARTS) shell.querySelector(`.place-${name}`)?.append(this.hosts[name]);
    setTimeout(() => this.start(), LATEST);
  }

  /** Its own script, once: the first picture goes before it. */
  start() {
    if (this.script) import(new URL(this.script, location.href).href);
    this.script = undefined;
  }

  /** A component of its page gives its element. @param {string} name @param {HTMLElement} element */
  give(name, element) {
    this.#places.set(name, element);
    if (PARTS.every((part) => this.#places.has(part))) this.#settle();
  }

  #settle() {
    const focused = /** @type {HTMLElement} */ (document.activeElement);
    for (const name of PARTS) this.#places.get(name)?.replaceChildren(this.hosts[name]);
    this.shell.remove();
    focused.focus?.({ preventScroll: true });
    this.settled();
  }
}

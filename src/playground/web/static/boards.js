/** What is made by hand on the stage, in the run's place: drawn points, painted pictures, worlds of cells. One of them at most is open. */

import { Brush } from "./brush.js";
import { h } from "./dom.js";
import { Paint } from "./paint.js";
import { suits } from "./when.js";

/**
 * @typedef {{
 *   changed: (name: string, text: string) => void,
 *   redraw: () => void,
 *   looked: () => void,
 *   params: () => Record<string, any>,
 *   run: () => void,
 *   below: (element: HTMLElement) => void,
 *   under: (array: string) => import("./wire.js").Tensor | undefined,
 *   played: (metrics: Record<string, number>) => void,
 * }} Page told of a field's new text, asked to draw, also where the link keeps what is looked at; asked for the parameters and an array of the run on the stage, to run what the controls say, to put something below the player; told what a walk by hand came to
 */

export class Boards {
  #drawn = "";
  /** What the controls say. @type {Record<string, any> | null} */
  #params = null;
  /** Worlds under the hand, where the concept has any. @type {import("./cells-hand.js").World | null} */
  world = null;

  /** @param {import("./stage.js").Stage} stage @param {import("./page.js").Spec} spec @param {Page} page */
  constructor(stage, spec, page) {
    this.fields = spec.fields;
    this.brush = new Brush(stage, spec.words, (text) => page.changed(this.#drawn, text), page.redraw);
    this.paint = new Paint(stage, spec, page);
    const bar = h("div", { class: "paint cells-bar", hidden: true });
    this.bars = [this.brush.bar, this.paint.bar, bar];
    if (this.fields.some(({ cells }) => cells)) this.#fetch(stage, spec, page, bar);
  }

  /** What worlds of cells need. @param {import("./stage.js").Stage} stage @param {import("./page.js").Spec} spec @param {Page} page @param {HTMLElement} bar */
  async #fetch(stage, spec, page, bar) {
    const module = await import("./cells-hand.js").catch(() => null);
    if (!module) return;
    this.world = new module.World(stage, spec, page, bar);
    if (this.#params) this.world.fit(this.#params);
    page.redraw();
  }

  /** Whether a board stands where the run is shown. */
  get open() {
    return this.brush.drawing || this.paint.open || Boolean(this.world?.open);
  }

  /** Whether the parameters wait for something to be drawn: that is no mistake yet. */
  get waiting() {
    return this.brush.active && !this.brush.points.length;
  }

  /** Have what these parameters can be drawn and painted with. @param {Record<string, any>} params @param {boolean} running whether a run is on the stage */
  fit(params, running) {
    const field = this.fields.find(({ brush }) => brush && suits(brush, params));
    const was = this.brush.active;
    this.#drawn = field?.name ?? "";
    this.brush.set(Boolean(field), field ? params[field.name] : "");
    if (field && !was && running && !params[field.name]) this.brush.drawing = true;
    this.paint.fit(this.fields, params);
    this.#params = params;
    this.world?.fit(params);
  }

  /** Show the run again. */
  close() {
    this.brush.drawing = false;
    this.paint.close();
    this.world?.close();
  }

  draw() {
    if (this.paint.open) this.paint.draw();
    else if (this.world?.open) this.world.draw();
    else this.brush.draw();
  }

  /** Whether a key was for a board. @param {KeyboardEvent} event */
  key(event) {
    if (this.paint.open) return this.paint.key(event);
    if (this.world?.key(event)) return true;
    if (!this.brush.active || /** @type {HTMLElement} */ (event.target).id !== "stage" || !this.brush.key(event)) return false;
    event.preventDefault();
    return true;
  }
}

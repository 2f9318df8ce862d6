/** What is made by hand on the stage, in the run's place: drawn points and painted pictures. One of them at most is open. */

import { Brush } from "./brush.js";
import { Paint } from "./paint.js";
import { suits } from "./when.js";

/**
 * @typedef {{
 *   changed: (name: string, text: string) => void,
 *   redraw: () => void,
 *   under: (array: string) => import("./wire.js").Tensor | undefined,
 * }} Page told of a field's new text, asked to draw, and for an array of the run on the stage
 */

export class Boards {
  #drawn = "";

  /** @param {import("./stage.js").Stage} stage @param {import("./page.js").Spec} spec @param {Page} page */
  constructor(stage, spec, page) {
    this.fields = spec.fields;
    this.brush = new Brush(stage, spec.words, (text) => page.changed(this.#drawn, text), page.redraw);
    this.paint = new Paint(stage, spec, page);
    this.bars = [this.brush.bar, this.paint.bar];
  }

  /** Whether a board stands where the run is shown. */
  get open() {
    return this.brush.drawing || this.paint.open;
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
  }

  /** Show the run again. */
  close() {
    this.brush.drawing = false;
    this.paint.close();
  }

  draw() {
    if (this.paint.open) this.paint.draw();
    else this.brush.draw();
  }

  /** Whether a key was for a board. @param {KeyboardEvent} event */
  key(event) {
    if (this.paint.open) return this.paint.key(event);
    if (!this.brush.active || /** @type {HTMLElement} */ (event.target).id !== "stage" || !this.brush.key(event)) return false;
    event.preventDefault();
    return true;
  }
}

/** The map when it is not as the run sent it: the data on other axes, and a floor decoded here, a few tiles at a time. */

import { isOpening } from "./walker-model.js";

/**
 * @typedef {import("./walker-model.js").Model} Model
 * @typedef {import("./walker-view.js").View} View
 * @typedef {import("./wire.js").Tensor} Tensor
 */

const BUSY = 8; // ms of decoding before the browser may draw again

/** What a floor depends on: the axes, and where one stands on those that are not seen. @param {View} view @param {Model} model */
function nameOf({ axes, at }, { n }) {
  const rest = Array.from({ length: n }, (_, k) => (k === axes.i || k === axes.j ? 0 : (at[k] ?? 0).toFixed(2)));
  return JSON.stringify([axes, rest]);
}

export class Floors {
  /** @type {WeakMap<Model, {axes: string, points: Tensor | null, floor: string, tiles: Tensor | null, coming: string}>} */
  #known = new WeakMap();

  /** @param {() => void} came */
  constructor(came) {
    this.came = came;
  }

  /** Whether the run's own floor, or the one decoded last, is of another place. @param {Model} model @param {View} view */
  stale(model, view) {
    const known = this.#known.get(model);
    return Boolean(model.arrays.manifold) && model.pictures && nameOf(view, model) !== (known?.floor ?? nameOf({ ...view, axes: { kind: "p", i: 0, j: 1 }, at: [] }, model));
  }

  /** The arrays that take the place of the run's. @param {Model} model @param {View} view @returns {Record<string, Tensor>} */
  of(model, view) {
    if (model.n === 2) return {};
    const { axes } = view;
    const known = this.#known.get(model) ?? { axes: "", points: null, floor: nameOf({ ...view, axes: { kind: "p", i: 0, j: 1 }, at: [] }, model), tiles: null, coming: "" };
    this.#known.set(model, known);
    if (known.axes !== JSON.stringify(axes)) {
      const points = model.points(axes);
      Object.assign(known, { axes: JSON.stringify(axes), points: points && { data: points, shape: [points.length / 2, 2] } });
    }
    const name = nameOf(view, model);
    const own = isOpening(axes, model.n) && name === nameOf({ ...view, at: [] }, model);
    if (own) Object.assign(known, { floor: name, tiles: null, coming: "" });
    else if (known.floor !== name && known.coming !== name) this.#decode(model, view, name, known);
    return { ...(known.points && { z: known.points }), ...(known.tiles && { manifold: known.tiles }) };
  }

  /** @param {Model} model @param {View} view @param {string} name @param {{floor: string, tiles: Tensor | null, coming: string}} known */
  async #decode(model, view, name, known) {
    const { manifold } = model.arrays;
    if (!manifold || !model.pictures) return;
    known.coming = name;
    const making = model.floor(view.at, view.axes, manifold.shape[0]);
    let step = making.next();
    for (let rested = performance.now(); !step.done; step = making.next()) {
      if (performance.now() - rested < BUSY) continue;
      await new Promise((resolve) => setTimeout(resolve));
      rested = performance.now();
      if (known.coming !== name) return; // another is wanted by now
    }
    Object.assign(known, { floor: name, tiles: { data: step.value, shape: manifold.shape }, coming: "" });
    this.came();
  }
}

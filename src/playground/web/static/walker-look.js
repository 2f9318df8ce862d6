/** What a walker's view comes to for one model: a code, its picture, and what is to be drawn on the map. Knows no document. */

import { ellipse, lerp, normals, slerp } from "./walker-maths.js";

/**
 * @typedef {import("./walker-model.js").Model} Model
 * @typedef {import("./walker-view.js").View} View
 * @typedef {import("./walker-maths.js").Vector} Vector
 * @typedef {[number, number]} Place on the map
 * @typedef {{z: Float64Array, place: Place, way?: Place[], marks?: {name: string, place: Place}[], around?: {middle: Place, major: number, minor: number, angle: number}, cloud?: Place[], codes?: Float64Array[], grid?: Int16Array, given?: import("./walker-model.js").Posterior, eps?: Float64Array}} Look
 * `way` is a path, `marks` are named items, `around` the ellipse of one σ, `cloud` other codes; `codes` are samples, `grid` codes of a codebook, `given` and `eps` what an input's code was made from
 */

export const SAMPLES = 16;
export const STOPS = 9; // pictures along a path
const CLOUD = 24; // codes before this one that are still seen
const FINE = 48; // pieces of a path that is drawn
const LOOP = 1.5; // the radius of a loop that no place gives

/** @type {Record<string, (model: Model, view: View, input: Vector) => Look>} */
const LOOKS = { move, sample, path, sum, encode, codes };

/** @param {Model} model @param {View} view @param {Vector} input */
export const looked = (model, view, input) => LOOKS[view.mode](model, view, input);

/** @param {Model} model @param {View} view @param {Vector} z @returns {Place} */
function placeOf(model, { axes }, z) {
  const place = model.onMap(z, axes);
  return [place[axes.i], place[axes.j]];
}

/** @param {Model} model @param {View} view @returns {Look} */
function move(model, view) {
  const z = model.code(view.at, view.axes);
  return { z, place: placeOf(model, view, z) };
}

/** @param {Model} model @param {View} view @returns {Look} */
function sample(model, view) {
  const eps = normals(view.seed, SAMPLES * model.n);
  const codes = Array.from({ length: SAMPLES }, (_, i) => model.sample(view.from, eps.subarray(i * model.n, (i + 1) * model.n)));
  return { z: codes[0], place: placeOf(model, view, codes[0]), cloud: codes.map((z) => placeOf(model, view, z)), codes };
}

/** The items that stand for a, b and c. @param {Model} model @param {View} view @param {number} n */
const ends = (model, { items }, n) => items.slice(0, n).map((item) => model.encode(model.item(item % model.items)).mu);

/** The code at a part of the way: a straight line, a great circle, or a loop about the map's middle. @param {Model} model @param {View} view @returns {(t: number) => Float64Array} */
export function wayOf(model, view) {
  const { axes, at, way } = view;
  if (way === "loop") {
    const radius = Math.hypot(at[axes.i] ?? 0, at[axes.j] ?? 0);
    const round = radius < 0.3 ? LOOP : radius;
    return (t) => {
      const place = Array.from({ length: model.n }, (_, k) => at[k] ?? 0);
      [place[axes.i], place[axes.j]] = [round * Math.cos(2 * Math.PI * t), round * Math.sin(2 * Math.PI * t)];
      return model.code(place, axes);
    };
  }
  const [a, b] = ends(model, view, 2);
  return (t) => (way === "sphere" ? slerp(a, b, t, model.centre) : lerp(a, b, t));
}

/** @param {Model} model @param {View} view @returns {Look} */
function path(model, view) {
  const along = wayOf(model, view);
  const way = Array.from({ length: FINE + 1 }, (_, i) => placeOf(model, view, along(i / FINE)));
  const z = along(view.t);
  const marks = view.way === "loop" ? [] : [way[0], way[FINE]].map((place, i) => ({ name: "AB"[i], place }));
  return { z, place: placeOf(model, view, z), way, marks };
}

/** @param {Model} model @param {View} view @returns {Look} */
function sum(model, view) {
  const [a, b, c] = ends(model, view, 3);
  const z = a.map((value, i) => value - b[i] + c[i]);
  const places = [a, b, c].map((code) => placeOf(model, view, code));
  const place = placeOf(model, view, z);
  return { z, place, way: [places[1], places[0], place, places[2], places[1]], marks: places.map((at, i) => ({ name: "abc"[i], place: at })) };
}

/** z = μ + σ ε: Kingma & Welling 2014. @param {import("./walker-model.js").Posterior} given @param {Vector} eps */
export const reparameterised = ({ mu, sigma }, eps) => (sigma ? mu.map((value, i) => value + sigma[i] * eps[i]) : mu);

/** @param {Model} model @param {View} view @param {Vector} input @returns {Look} */
function encode(model, view, input) {
  const given = model.encode(input);
  const chance = (/** @type {number} */ seed) => (seed > 0 ? normals(seed, model.n) : new Float64Array(model.n));
  const eps = chance(view.eps);
  const z = reparameterised(given, eps);
  const middle = placeOf(model, view, given.mu);
  if (!given.sigma) return { z, place: middle, given, eps };
  const [u, v] = [view.axes.i, view.axes.j].map((k) => model.rows(view.axes.kind)[k]);
  const cloud = Array.from({ length: Math.min(CLOUD, Math.max(0, view.eps - 1)) }, (_, k) => placeOf(model, view, reparameterised(given, chance(view.eps - 1 - k))));
  return { z, place: placeOf(model, view, z), around: { middle, ...ellipse(given.sigma, u, v) }, cloud, given, eps };
}

/** An input's codes, and those that were put in their place. @param {Model} model @param {View} view @param {Vector} input @returns {Look} */
function codes(model, { put }, input) {
  const given = model.encode(input);
  const most = model.arrays.codebook.shape[0] - 1;
  const grid = Int16Array.from(given.codes ?? [], (code, i) => Math.min(most, put[i] ?? code));
  return { z: model.looked(grid), place: [0, 0], grid, given };
}

import assert from "node:assert/strict";
import { test } from "node:test";
import { basis, codeAt, density, drawn, ellipse, forward, layersOf, lerp, logLikelihood, nearest, normals, onto, slerp } from "../../src/playground/web/static/walker-maths.js";
import { Model, isOpening } from "../../src/playground/web/static/walker-model.js";
import { looked, wayOf } from "../../src/playground/web/static/walker-look.js";
import { divergence, near } from "../../src/playground/web/static/walker-out.js";
import { dab, fitted } from "../../src/playground/web/static/walker-pad.js";
import { opening, viewOf, withView } from "../../src/playground/web/static/walker-view.js";
import { tensor } from "../../src/playground/web/static/wire.js";
import { boxOf } from "../../src/playground/web/static/raster.js";
import { beside } from "../../src/playground/web/static/beside.js";

const close = (/** @type {ArrayLike<number>} */ a, /** @type {ArrayLike<number>} */ b, far = 1e-6) => {
  assert.equal(a.length, b.length);
  for (let i = 0; i < a.length; i++) assert.ok(Math.abs(a[i] - b[i]) < far, `${i}: ${a[i]} and ${b[i]}`);
};

/** A network by the textbook: sums in double precision, one at a time. @param {number[]} flat @param {number[]} widths @param {number[]} x @param {(u: number) => number} act */
function byHand(flat, widths, x, act) {
  let at = 0;
  for (let l = 1; l < widths.length; l++) {
    const [into, out] = [widths[l - 1], widths[l]];
    const rows = Array.from({ length: out }, (_, r) => x.reduce((sum, value, i) => sum + flat[at + r * into + i] * value, 0) + flat[at + out * into + r]);
    at += out * into + out;
    x = l < widths.length - 1 ? rows.map(act) : rows;
  }
  return x;
}

for (const [name, act] of /** @type {[string, (u: number) => number][]} */ ([["silu", (u) => u / (1 + Math.exp(-u))], ["relu", (u) => Math.max(0, u)]])) {
  test(`a network with ${name} is what its formula says, for widths of every remainder`, () => {
    const widths = [7, 6, 5, 3];
    const size = 7 * 6 + 6 + 6 * 5 + 5 + 5 * 3 + 3;
    const flat = Float32Array.from(normals(3, size));
    const x = Array.from(normals(4, 7));
    close(forward(layersOf(flat, widths), name, x), byHand(Array.from(flat), widths, x, act), 1e-5);
  });
}

test("weights in half precision become what they are, and must be as many as the widths say", () => {
  const bits = Uint16Array.of(0x3c00, 0xc000, 0x3800, 0x0001, 0x7bff, 0x8000);
  const { data } = tensor({ dtype: "f2", shape: [6], bdata: Buffer.from(bits.buffer).toString("base64") });
  close(data, [1, -2, 0.5, 2 ** -24, 65504, 0], 1e-9);
  close(forward(layersOf(/** @type {Float32Array} */ (data.subarray(0, 3)), [2, 1]), "relu", [3, 1]), [3 - 2 + 0.5]);
  assert.throws(() => layersOf(new Float32Array(4), [2, 1]), RangeError);
});

test("a pixel's log-probability is the Bernoulli's or the Gaussian's", () => {
  const logits = [-3, 0, 2, 40];
  const p = logits.map((u) => 1 / (1 + Math.exp(-u)));
  const given = { logits, means: p };
  close(logLikelihood([0, 1, 0.25, 1], given, "bernoulli", 1), [Math.log(1 - p[0]), Math.log(0.5), 0.25 * Math.log(p[2]) + 0.75 * Math.log(1 - p[2]), 0], 1e-6);
  const density = (/** @type {number} */ x, /** @type {number} */ m, /** @type {number} */ s) => Math.log(Math.exp(-((x - m) ** 2) / (2 * s * s)) / (s * Math.sqrt(2 * Math.PI)));
  close(logLikelihood([0.3, 0.9], { logits: [], means: [0.1, 0.8] }, "gaussian", 0.2), [density(0.3, 0.1, 0.2), density(0.9, 0.8, 0.2)], 1e-6);
});

test("a spherical way keeps to the sphere and turns evenly; a straight one does not", () => {
  close(slerp([2, 0], [0, 2], 0.5, [0, 0]), [Math.SQRT2, Math.SQRT2]);
  close(lerp([2, 0], [0, 2], 0.5), [1, 1]);
  for (const t of [0, 0.2, 0.7, 1]) {
    const [x, y] = slerp([3, 1], [1, 3], t, [1, 1]);
    assert.ok(Math.abs(Math.hypot(x - 1, y - 1) - 2) < 1e-9);
    assert.ok(Math.abs(Math.atan2(y - 1, x - 1) - (t * Math.PI) / 2) < 1e-9);
  }
  close(slerp([1, 1], [2, 2], 0.25, [0, 0]), [1.25, 1.25], 1e-9);
  close(slerp([1, 0], [0, 3], 1, [0, 0]), [0, 3], 1e-9);
});

test("chance is the same for the same seed, and normal", () => {
  assert.deepEqual(normals(5, 10), normals(5, 10));
  assert.notDeepEqual(normals(5, 10), normals(6, 10));
  const many = normals(1, 20000);
  const moment = (/** @type {number} */ k) => many.reduce((sum, value) => sum + value ** k, 0) / many.length;
  assert.ok(Math.abs(moment(1)) < 0.03 && Math.abs(moment(2) - 1) < 0.04 && Math.abs(moment(4) - 3) < 0.25);
});

test("a fitted Gaussian's draws have its mean and covariance", () => {
  const [mean, chol] = [[1, -2], [2, 0, 0.5, 1]];
  const eps = normals(2, 40000);
  const all = Array.from({ length: 20000 }, (_, i) => drawn(mean, chol, eps.subarray(2 * i, 2 * i + 2)));
  const average = (/** @type {(z: Float64Array) => number} */ of) => all.reduce((sum, z) => sum + of(z), 0) / all.length;
  assert.ok(Math.abs(average((z) => z[0]) - 1) < 0.06 && Math.abs(average((z) => z[1]) + 2) < 0.04);
  assert.ok(Math.abs(average((z) => (z[0] - 1) * (z[1] + 2)) - 1) < 0.08, "cov = L Lᵀ");
  assert.ok(Math.abs(average((z) => (z[1] + 2) ** 2) - 1.25) < 0.08);
});

test("an ellipse of σ is seen as its axes see it", () => {
  const [wide, high] = [[1, 0, 0], [0, 1, 0]];
  const own = ellipse([0.5, 2, 9], wide, high);
  close([own.major, own.minor, Math.abs(own.angle)], [2, 0.5, Math.PI / 2]);
  const half = Math.SQRT1_2;
  const turned = ellipse([3, 1], [half, -half], [half, half]);
  close([turned.major, turned.minor, turned.angle], [3, 1, Math.PI / 4]);
});

test("axes are completed at right angles, and lead there and back", () => {
  const rows = basis([0.3, 0.4, 0, 0, -0.4, 0.3, 0, 0], 4);
  for (let i = 0; i < 4; i++) for (let j = 0; j < 4; j++) close([rows[i].reduce((sum, value, k) => sum + value * rows[j][k], 0)], [i === j ? 0.25 : 0]);
  const [z, centre] = [normals(1, 4), normals(2, 4)];
  close(codeAt(onto(z, rows, centre), rows, centre), z, 1e-9);
});

test("density is the mean of its kernels; what is near is counted", () => {
  close([density([0, 0, 1, 0], 0, 0, 0.5)], [(1 + Math.exp(-2)) / 2]);
  assert.equal(near([0, 0, 0.1, 0, 2, 2], [0, 0], 0.3), 2);
});

test("the nearest codes are found", () => {
  assert.deepEqual(Array.from(nearest([0.9, 0.1, -1, 0.2], [1, 0, 0, 1, -1, 0], 2)), [0, 2]);
});

test("the divergence is that of the closed form, by Monte Carlo", () => {
  const [mu, sigma] = [0.7, 0.4];
  const eps = normals(9, 200000);
  const log = (/** @type {number} */ x, /** @type {number} */ m, /** @type {number} */ s) => -0.5 * ((x - m) / s) ** 2 - Math.log(s);
  const estimate = eps.reduce((sum, e) => sum + log(mu + sigma * e, mu, sigma) - log(mu + sigma * e, 0, 1), 0) / eps.length;
  assert.ok(Math.abs(divergence([mu], [sigma]) - estimate) < 0.01);
});

/* ---- a model of two dimensions whose decoder is the identity ---- */

const plan = { phase: "walk", encoder: [2, 4], decoder: [2, 2], shape: [2], latent: 2, kind: "vae", activation: "silu", squash: "none", variance: true, prior: true, likelihood: "gaussian", sigma: 1, extent: 3, names: "", grid: /** @type {[number, number]} */ ([0, 0]) };
const array = (/** @type {number[]} */ data, /** @type {number[]} */ shape = [data.length]) => ({ data: Float32Array.from(data), shape });
const frame = /** @type {any} */ ({
  metrics: {},
  arrays: {
    encoder: array([1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 2 * Math.log(0.5), 2 * Math.log(0.25)]),
    decoder: array([1, 0, 0, 1, 0, 0]),
    items: array([1, 0, 0, 2, 3, 3], [3, 2]),
  },
});

test("an encoder's σ, z = μ + σ ε, a − b + c and paths", () => {
  const model = new Model(plan, frame);
  const { mu, sigma } = model.encode([0.5, -1]);
  close(mu, [0.5, -1]);
  close(sigma ?? [], [0.5, 0.25]);
  const view = opening(true);
  const eps = normals(4, 2);
  close(looked(model, { ...view, mode: "encode", eps: 4 }, [0.5, -1]).z, [0.5 + 0.5 * eps[0], -1 + 0.25 * eps[1]], 1e-6);
  close(looked(model, { ...view, mode: "encode", eps: 0 }, [0.5, -1]).z, [0.5, -1]);
  close(looked(model, { ...view, mode: "sum", items: [0, 1, 2] }, []).z, [1 - 0 + 3, 0 - 2 + 3]);
  close(looked(model, { ...view, mode: "path", items: [0, 1, 2], t: 0.25 }, []).z, [0.75, 0.5]);
  const round = wayOf(model, { ...view, mode: "path", way: "loop", at: [0, 2] });
  close(round(0), [2, 0], 1e-9);
  close(round(0.25), [0, 2], 1e-9);
  assert.ok(isOpening(view.axes, 2));
});

test("an address keeps a view, and what can't be read is as on opening", () => {
  const views = [
    { mode: "move", at: [0.31, -1.2] },
    { mode: "move", at: [0.5, 0, 0, -2.25], axes: { kind: "d", i: 3, j: 1 } },
    { mode: "sample", from: "fitted", seed: 17 },
    { mode: "path", way: "sphere", items: [5, 9, 2], t: 0.35 },
    { mode: "sum", items: [3, 1, 12] },
    { mode: "encode", item: 7, eps: 3 },
    { mode: "codes", item: 7, cell: 3, put: { 3: 12, 5: 0 } },
  ];
  for (const own of views) {
    const view = /** @type {any} */ ({ ...opening(true), ...own });
    assert.deepEqual(viewOf(withView("seed=3&view=l:-z;w:sum,1,2,3", view), true), view);
  }
  assert.equal(withView("view=l:-z", opening(true)), "view=l%3A-z");
  for (const text of ["w:path,<b>,x,,9e9", "w:move;z:NaN,Infinity;x:d,1,1", "w:sample,__proto__,-4", "z:", "w:codes,,,a.b"]) {
    const view = viewOf(new URLSearchParams({ view: text }).toString(), true);
    assert.ok([...view.at, view.t, ...view.items, view.seed, view.axes.i].every(Number.isFinite), text);
  }
  assert.equal(viewOf("view=w:sample", false).from, "fitted");
});

test("a pen leaves ink where it was, and photographs become ink on nothing", () => {
  const values = new Float32Array(28 * 28);
  dab(values, [28, 28, 1], [14.5, 14.5], [1]);
  assert.equal(values[14 * 28 + 14], 1);
  assert.equal(values[0], 0);
  const paper = new Uint8ClampedArray(4 * 28 * 28).fill(230);
  for (let r = 8; r < 20; r++) for (let c = 12; c < 16; c++) paper.fill(20, 4 * (r * 28 + c), 4 * (r * 28 + c) + 3);
  const ink = fitted(paper, 1);
  assert.ok(ink[14 * 28 + 14] > 0.95 && ink[0] < 0.05);
  assert.equal(fitted(paper, 3).length, 3 * 28 * 28);
});

test("pictures stand beside a plane, below it where there is no room; alone they have the stage", () => {
  const layers = /** @type {any[]} */ ([{ kind: "points", array: "z" }, { kind: "images", array: "a" }, { kind: "images", array: "b" }]);
  const arrays = /** @type {any} */ ({ arrays: { a: { shape: [8, 28, 28] }, b: { shape: [8, 28, 28] } } });
  const wide = beside(layers, arrays, 740, 420);
  assert.ok(wide && wide.width >= 420 && wide.height === 420 && wide.columns === 1);
  for (const { x, w } of wide?.boxes.values() ?? []) assert.ok(x >= (wide?.width ?? 0) && x + w <= 740);
  const narrow = beside(layers, arrays, 358, 358);
  assert.ok(narrow && narrow.height < 358 && narrow.height > 190 && narrow.columns === 8);
  assert.equal(beside(layers.slice(1), arrays, 740, 420), null);
  assert.equal(beside(layers.slice(0, 1), arrays, 740, 420), null);
});

test("a tile of the floor is decoded at the place where its middle is drawn", () => {
  const plan = /** @type {any} */ ({ encoder: [2, 2], decoder: [2, 2], shape: [1, 2], squash: "sigmoid", activation: "relu", extent: 3, grid: [0, 0] });
  const same = { data: Float32Array.of(1, 0, 0, 1, 0, 0), shape: [6] };
  const model = new Model(plan, /** @type {any} */ ({ arrays: { encoder: same, decoder: same }, metrics: {} }));
  const making = model.floor([0, 0], { kind: "p", i: 0, j: 1 }, 4);
  let step = making.next();
  while (!step.done) step = making.next();
  const tiles = step.value;
  const box = boxOf(plan.extent, /** @type {any} */ ({ scale: 50, x: (/** @type {number} */ u) => 200 + 50 * u, y: (/** @type {number} */ v) => 160 - 50 * v }));
  for (let row = 0; row < 4; row++) {
    for (let column = 0; column < 4; column++) {
      const place = [(box.x + ((column + 0.5) * box.w) / 4 - 200) / 50, (160 - box.y - ((row + 0.5) * box.h) / 4) / 50];
      const made = place.map((u) => Math.round(255 / (1 + Math.exp(-u))));
      close(tiles.subarray(2 * (4 * row + column), 2 * (4 * row + column) + 2), made);
    }
  }
});

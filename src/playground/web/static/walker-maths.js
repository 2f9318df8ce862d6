/** What a walk through a latent space needs: networks, paths, chance, axes. Typed arrays; knows no document. */

/**
 * @typedef {ArrayLike<number>} Vector
 * @typedef {{weights: Float32Array, bias: Float32Array, into: number, out: number, sum: Float32Array}} Dense a layer, and where its output goes
 */

/** In place. @type {Record<string, (values: Float32Array) => void>} */
const ACTIVATIONS = {
  silu: (values) => {
    for (let i = 0; i < values.length; i++) values[i] /= 1 + Math.exp(-values[i]);
  },
  relu: (values) => {
    for (let i = 0; i < values.length; i++) if (values[i] < 0) values[i] = 0;
  },
};

/** From a network's output to what it stands for. @type {Record<string, (value: number) => number>} */
export const SQUASH = { sigmoid: (u) => 1 / (1 + Math.exp(-u)), clip: (u) => Math.min(1, Math.max(0, u)), none: (u) => u };

/** The layers that lie flat in an array, each W row by row (out, in) and then b. @param {Float32Array} flat @param {number[]} widths @returns {Dense[]} */
export function layersOf(flat, widths) {
  let at = 0;
  const take = (/** @type {number} */ n) => flat.subarray(at, (at += n));
  const layers = widths.slice(1).map((out, i) => ({ into: widths[i], out, weights: take(out * widths[i]), bias: take(out), sum: new Float32Array(out) }));
  if (at !== flat.length) throw new RangeError(`${flat.length} weights for a network of ${at}`);
  return layers;
}

/** W x + b. Four sums at a time keep the processor busy: twice as fast as one. @param {Dense} layer @param {Vector} x */
function dense({ weights, bias, into, out, sum }, x) {
  const whole = into - (into % 4);
  for (let row = 0, k = 0; row < out; row++) {
    let a = bias[row];
    let b = 0;
    let c = 0;
    let d = 0;
    let i = 0;
    for (; i < whole; i += 4, k += 4) {
      a += weights[k] * x[i];
      b += weights[k + 1] * x[i + 1];
      c += weights[k + 2] * x[i + 2];
      d += weights[k + 3] * x[i + 3];
    }
    for (; i < into; i++, k++) a += weights[k] * x[i];
    sum[row] = a + b + c + d;
  }
  return sum;
}

/** The output of a network; it is overwritten by the next call. @param {Dense[]} layers @param {string} activation between layers @param {Vector} x */
export function forward(layers, activation, x) {
  /** @type {Float32Array} */
  let values = Float32Array.from(x);
  layers.forEach((layer, i) => {
    values = dense(layer, values);
    if (i < layers.length - 1) ACTIVATIONS[activation](values);
  });
  return values;
}

/** The log-probability of each pixel, in nats: of a Bernoulli by its logit, of a Gaussian by its mean. @param {Vector} x @param {{logits: Vector, means: Vector}} given @param {string} likelihood @param {number} sigma */
export function logLikelihood(x, { logits, means }, likelihood, sigma) {
  const softplus = (/** @type {number} */ u) => Math.max(0, u) + Math.log1p(Math.exp(-Math.abs(u)));
  const bernoulli = (/** @type {number} */ i) => x[i] * logits[i] - softplus(logits[i]);
  const gaussian = (/** @type {number} */ i) => -0.5 * ((x[i] - means[i]) / sigma) ** 2 - Math.log(sigma) - 0.5 * Math.log(2 * Math.PI);
  return Float32Array.from({ length: x.length }, (_, i) => (likelihood === "gaussian" ? gaussian(i) : bernoulli(i)));
}

/* ---- paths ---- */

/** @param {Vector} a @param {Vector} b */
const dot = (a, b) => {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
};

/** A straight way. @param {Vector} a @param {Vector} b @param {number} t 0 to 1 */
export const lerp = (a, b, t) => Float64Array.from(a, (value, i) => (1 - t) * value + t * b[i]);

/** Along the great circle about a centre, the length changing evenly: Shoemake 1985. @param {Vector} a @param {Vector} b @param {number} t @param {Vector} centre */
export function slerp(a, b, t, centre) {
  const [p, q] = [a, b].map((end) => Float64Array.from(end, (value, i) => value - centre[i]));
  const lengths = [Math.hypot(...p), Math.hypot(...q)];
  const angle = Math.acos(Math.min(1, Math.max(-1, dot(p, q) / (lengths[0] * lengths[1] || 1))));
  const sine = Math.sin(angle);
  if (sine < 1e-6 || !lengths[0] || !lengths[1]) return lerp(a, b, t);
  const length = (1 - t) * lengths[0] + t * lengths[1];
  const parts = [(length * Math.sin((1 - t) * angle)) / sine / lengths[0], (length * Math.sin(t * angle)) / sine / lengths[1]];
  return p.map((value, i) => centre[i] + parts[0] * value + parts[1] * q[i]);
}

/* ---- chance ---- */

/** Numbers from N(0, 1), the same for the same seed: Box and Muller 1958 on mulberry32. @param {number} seed @param {number} n */
export function normals(seed, n) {
  let state = Math.imul(seed + 1, 0x9e3779b1) >>> 0;
  const uniform = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let bits = Math.imul(state ^ (state >>> 15), state | 1);
    bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61);
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32;
  };
  return Float64Array.from({ length: n }, () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform()));
}

/** mean + L ε: a draw from the Gaussian whose covariance is L Lᵀ. @param {Vector} mean @param {Vector} chol L row by row @param {Vector} eps */
export const drawn = (mean, chol, eps) => Float64Array.from(mean, (value, i) => value + dot(Array.prototype.slice.call(chol, i * eps.length, (i + 1) * eps.length), eps));

/** How densely points lie at a place of the plane: a Gaussian kernel's estimate, up to a factor. @param {Vector} points x, y, x, y, … @param {number} x @param {number} y @param {number} width of the kernel */
export function density(points, x, y, width) {
  let sum = 0;
  for (let i = 0; i < points.length; i += 2) sum += Math.exp(-((points[i] - x) ** 2 + (points[i + 1] - y) ** 2) / (2 * width * width));
  return sum / (points.length / 2);
}

/** The standard deviations of N(μ, diag(σ²)) as two axes of a plane see it: lengths of the ellipse's half axes, and the angle of the first. @param {Vector} sigma @param {Vector} u @param {Vector} v the plane's axes, as rows that z is multiplied by */
export function ellipse(sigma, u, v) {
  let [a, b, c] = [0, 0, 0];
  for (let i = 0; i < sigma.length; i++) {
    const variance = sigma[i] ** 2;
    a += u[i] * u[i] * variance;
    b += u[i] * v[i] * variance;
    c += v[i] * v[i] * variance;
  }
  const [middle, spread] = [(a + c) / 2, Math.hypot((a - c) / 2, b)];
  return { major: Math.sqrt(middle + spread), minor: Math.sqrt(Math.max(0, middle - spread)), angle: Math.atan2(2 * b, a - c) / 2 };
}

/* ---- axes ---- */

/** Rows at right angles, as many as there are dimensions: those that are given, then what is left of the unit vectors (Gram and Schmidt), as long as the first. @param {Vector} given row by row @param {number} n dimensions @returns {Float64Array[]} */
export function basis(given, n) {
  const rows = Array.from({ length: given.length / n }, (_, r) => Float64Array.from({ length: n }, (__, i) => given[r * n + i]));
  const length = Math.hypot(...rows[0]);
  const left = (/** @type {Float64Array} */ row) => rows.reduce((rest, other) => rest.map((value, i) => value - (dot(rest, other) / dot(other, other)) * other[i]), row);
  for (let i = 0; i < n && rows.length < n; i++) {
    const rest = left(Float64Array.from({ length: n }, (_, k) => (k === i ? 1 : 0)));
    const size = Math.hypot(...rest);
    if (size > 1e-3) rows.push(rest.map((value) => (value / size) * length));
  }
  return rows;
}

/** Where a code lies on axes. @param {Vector} z @param {Float64Array[]} rows @param {Vector} centre */
export function onto(z, rows, centre) {
  const from = Float64Array.from(z, (value, i) => value - centre[i]);
  return Float64Array.from(rows, (row) => dot(row, from));
}

/** The code at a place on all axes. @param {Vector} place @param {Float64Array[]} rows @param {Vector} centre */
export function codeAt(place, rows, centre) {
  const z = Float64Array.from(centre);
  rows.forEach((row, k) => {
    const part = place[k] / dot(row, row);
    for (let i = 0; i < z.length; i++) z[i] += part * row[i];
  });
  return z;
}

/** For each d numbers the code nearest to them. @param {Vector} values @param {Vector} codebook row by row @param {number} d */
export function nearest(values, codebook, d) {
  const codes = codebook.length / d;
  return Int16Array.from({ length: values.length / d }, (_, place) => {
    let [best, least] = [0, Infinity];
    for (let code = 0; code < codes; code++) {
      let far = 0;
      for (let i = 0; i < d; i++) far += (values[place * d + i] - codebook[code * d + i]) ** 2;
      if (far < least) [best, least] = [code, far];
    }
    return best;
  });
}

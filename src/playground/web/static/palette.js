/** Few colours for many: median cut (Heckbert 1982), and every pixel by the nearest of them. Knows no document. */

/** @typedef {[number, number, number]} Color */
/** @typedef {{color: Color, count: number}} Shade as many pixels as share it, to five bits a channel */

const CELLS = 32 ** 3;

/** @param {number} r @param {number} g @param {number} b */
const cell = (r, g, b) => ((r >> 3) << 10) | ((g >> 3) << 5) | (b >> 3);

/** The mean colour of every cell that has pixels. @param {Uint8ClampedArray} pixels RGBA @returns {Shade[]} */
function shades(pixels) {
  const [count, sums] = [new Uint32Array(CELLS), new Float64Array(3 * CELLS)];
  for (let i = 0; i < pixels.length; i += 4) {
    const at = cell(pixels[i], pixels[i + 1], pixels[i + 2]);
    count[at]++;
    for (let c = 0; c < 3; c++) sums[3 * at + c] += pixels[i + c];
  }
  return [...count.entries()].filter(([, n]) => n).map(([at, n]) => ({ count: n, color: [sums[3 * at] / n, sums[3 * at + 1] / n, sums[3 * at + 2] / n] }));
}

/** The channel in which shades differ most, and by how much. @param {Shade[]} box @returns {[number, number]} */
function widest(box) {
  const widths = [0, 1, 2].map((c) => Math.max(...box.map(({ color }) => color[c])) - Math.min(...box.map(({ color }) => color[c])));
  const width = Math.max(...widths);
  return [widths.indexOf(width), width];
}

/** Two boxes with about half the pixels each. @param {Shade[]} box @returns {[Shade[], Shade[]]} */
function cut(box) {
  const [channel] = widest(box);
  box.sort((a, b) => a.color[channel] - b.color[channel]);
  const half = box.reduce((sum, { count }) => sum + count, 0) / 2;
  let [at, seen] = [0, 0];
  while (at < box.length - 1 && (at === 0 || seen + box[at].count <= half)) seen += box[at++].count;
  return [box.slice(0, at), box.slice(at)];
}

/** At most so many colours that stand for those of the pixels. @param {Uint8ClampedArray} pixels RGBA @param {number} most @returns {Color[]} */
export function medianCut(pixels, most) {
  const boxes = [shades(pixels)];
  const loss = boxes.map((box) => widest(box)[1]);
  while (boxes.length < most) {
    const worst = loss.indexOf(Math.max(...loss));
    if (boxes[worst].length < 2) break;
    const parts = cut(boxes[worst]);
    boxes.splice(worst, 1, ...parts);
    loss.splice(worst, 1, ...parts.map((box) => widest(box)[1]));
  }
  return boxes.map((box) => {
    const all = box.reduce((sum, { count }) => sum + count, 0);
    return /** @type {Color} */ ([0, 1, 2].map((c) => Math.round(box.reduce((sum, { color, count }) => sum + color[c] * count, 0) / all)));
  });
}

/** Gives pixels the index of their nearest colour, and remembers it. @param {Color[]} palette @returns {(pixels: Uint8ClampedArray) => Uint8Array} */
export function painter(palette) {
  const known = new Int16Array(CELLS).fill(-1);
  const nearest = (/** @type {number} */ r, /** @type {number} */ g, /** @type {number} */ b) => {
    let [best, least] = [0, Infinity];
    palette.forEach(([pr, pg, pb], i) => {
      const distance = (r - pr) ** 2 + (g - pg) ** 2 + (b - pb) ** 2;
      if (distance < least) [best, least] = [i, distance];
    });
    return best;
  };
  return (pixels) => {
    const index = new Uint8Array(pixels.length / 4);
    for (let i = 0; i < index.length; i++) {
      const [r, g, b] = [pixels[4 * i], pixels[4 * i + 1], pixels[4 * i + 2]];
      const at = cell(r, g, b);
      if (known[at] < 0) known[at] = nearest(r, g, b);
      index[i] = known[at];
    }
    return index;
  };
}

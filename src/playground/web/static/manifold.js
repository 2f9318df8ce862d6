/** The floor of a plane: what a decoder makes of each place, tile by tile. */

import { boxOf, rgb } from "./raster.js";

/** @typedef {import("./layers.js").Job} Job */

const FAINT = 0.5; // points and whatever walks there stand out from it

/** The sheet drawn last, by its tiles; one that is drawn again is not painted again. @type {WeakMap<ArrayLike<number>, {colors: string, sheet: HTMLCanvasElement}>} */
const sheets = new WeakMap();

/** @param {import("./wire.js").Tensor} tiles @param {string} paper @param {string} color */
function sheetOf({ data, shape }, paper, color) {
  const known = sheets.get(data);
  if (known?.colors === paper + color) return known.sheet;
  const [rows, columns, h, w, channels = 1] = shape;
  const sheet = document.createElement("canvas");
  [sheet.width, sheet.height] = [columns * w, rows * h];
  const pen = /** @type {CanvasRenderingContext2D} */ (sheet.getContext("2d"));
  const image = pen.createImageData(sheet.width, sheet.height);
  const [low, high] = [rgb(paper), rgb(color)];
  for (let i = 0; i < image.data.length / 4; i++) {
    const [x, y] = [i % sheet.width, Math.floor(i / sheet.width)];
    const tile = Math.floor(y / h) * columns + Math.floor(x / w);
    const source = ((tile * h + (y % h)) * w + (x % w)) * channels;
    for (let c = 0; c < 3; c++) image.data[4 * i + c] = channels === 3 ? data[source + c] : low[c] + (data[source] / 255) * (high[c] - low[c]);
    image.data[4 * i + 3] = 255;
  }
  pen.putImageData(image, 0, 0);
  sheets.set(data, { colors: paper + color, sheet });
  return sheet;
}

/** @param {CanvasRenderingContext2D} pen @param {Job} job */
export function manifold(pen, { frame, layer, plane, paper, color }) {
  const { x, y, w, h } = boxOf(layer.extent, plane);
  const alpha = pen.globalAlpha;
  pen.globalAlpha = alpha * FAINT;
  pen.imageSmoothingEnabled = true;
  pen.drawImage(sheetOf(frame.arrays[layer.array], paper, color), x, y, w, h);
  pen.globalAlpha = alpha;
}

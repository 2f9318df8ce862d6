/** Many members side by side: a small plane each. */

import { face } from "./heads.js";
import { map } from "./raster.js";

/** @typedef {import("./layers.js").Job} Job */

const GAP = 8; // CSS pixels
const HEAD = 18;

/** Columns and rows of so many squares in a box that leave them largest. @param {number} n @param {number} w @param {number} h */
export function fitting(n, w, h) {
  let best = { columns: 1, rows: n, side: 0 };
  for (let columns = 1; columns <= n; columns++) {
    const rows = Math.ceil(n / columns);
    const side = Math.min((w - GAP) / columns - GAP, (h - GAP) / rows - GAP - HEAD);
    if (side > best.side) best = { columns, rows, side };
  }
  return best;
}

/** A small plane for each member: its map, its points, its seed above. @param {CanvasRenderingContext2D} pen @param {Job} job */
export function panels(pen, job) {
  const { frame, layer, plane, color, ink, first, token } = job;
  const { data, shape } = frame.arrays[layer.array];
  const [members, n] = shape;
  const beneath = frame.arrays[layer.beneath];
  const { columns, rows, side } = fitting(members, plane.width, plane.height);
  const [left, top] = [(plane.width - columns * (side + GAP) + GAP) / 2, (plane.height - rows * (side + HEAD + GAP) + GAP) / 2];
  const unit = side / (2 * layer.extent);
  for (let k = 0; k < members; k++) {
    const [x, y] = [left + (k % columns) * (side + GAP), top + Math.floor(k / columns) * (side + HEAD + GAP) + HEAD];
    if (beneath) {
      const cells = beneath.shape[1] * beneath.shape[2];
      map(pen, beneath.data.slice(k * cells, (k + 1) * cells), [beneath.shape[1], beneath.shape[2]], { ...job, color: token("good") }, { x, y, w: side, h: side });
    }
    pen.strokeStyle = token("line");
    pen.lineWidth = 1;
    pen.strokeRect(x, y, side, side);
    pen.fillStyle = ink;
    pen.font = face(12, 600);
    pen.textAlign = "left";
    pen.fillText(String(first + k), x, y - 5);
    pen.fillStyle = color;
    pen.beginPath();
    for (let i = k * n; i < (k + 1) * n; i++) {
      const [u, v] = [data[2 * i], data[2 * i + 1]];
      if (Math.abs(u) > layer.extent || Math.abs(v) > layer.extent) continue;
      pen.rect(x + side / 2 + u * unit - 1, y + side / 2 - v * unit - 1, 2, 2);
    }
    pen.fill();
  }
}

/** Grids of pictures that can be picked: which picture a place of the stage means, its frame, its name. */

/**
 * @typedef {{layer: import("./layers.js").Layer, left: number, top: number, cell: number, columns: number, n: number}} Grid as it was drawn
 */

/** The grids in which one number means one picture: the one with captions, first, and those linked to it. @param {Grid[]} grids @param {import("./wire.js").Frame} frame */
export function alike(grids, { arrays }) {
  const named = grids.find(({ layer }) => arrays[layer.captions]);
  return named ? [named, ...grids.filter(({ layer }) => layer.linked === named.layer.array)] : [];
}

/** The picture at a place of the stage, or -1. @param {Grid[]} grids @param {number} x @param {number} y */
export function pictureAt(grids, x, y) {
  for (const { left, top, cell, columns, n } of grids) {
    const [column, row] = [Math.floor((x - left) / cell), Math.floor((y - top) / cell)];
    const i = row * columns + column;
    if (column >= 0 && column < columns && row >= 0 && i < n) return i;
  }
  return -1;
}

/** A frame around the picked pictures, in every grid that has them. @param {CanvasRenderingContext2D} pen @param {Grid[]} grids @param {number[]} picked @param {string} ink @param {string} paper */
export function frameThem(pen, grids, picked, ink, paper) {
  for (const { left, top, cell, columns, n } of grids) {
    for (const i of picked) {
      if (i >= n) continue;
      const [x, y] = [left + (i % columns) * cell, top + Math.floor(i / columns) * cell];
      for (const [color, width] of /** @type {[string, number][]} */ ([[paper, 5], [ink, 2.5]])) {
        pen.strokeStyle = color;
        pen.lineWidth = width;
        pen.strokeRect(x + 1, y + 1, cell - 2, cell - 2);
      }
    }
  }
}

/** @type {Map<string, string[]>} */
const known = new Map();

/**
 * The names that captions number, in a language: fetched when they are first asked for, and none until they are there.
 * @param {string} address of static/names/<names>.<lang>.json @param {() => void} came
 */
export function namesAt(address, came) {
  const names = known.get(address);
  if (names) return names;
  known.set(address, []);
  fetch(address)
    .then((response) => response.json())
    .then((list) => void known.set(address, list))
    .then(came)
    .catch(() => known.delete(address));
  return [];
}

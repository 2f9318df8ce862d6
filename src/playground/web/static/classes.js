/** How classes are told apart: four colours and four shapes, so that sixteen differ in one or the other and the first four in both. */

const COLORS = 4;

/** A dot, a square, a triangle, a diamond of about equal area. @type {((pen: CanvasRenderingContext2D, x: number, y: number, r: number) => void)[]} */
export const SHAPES = [
  (pen, x, y, r) => pen.arc(x, y, r, 0, 7),
  (pen, x, y, r) => pen.rect(x - 0.9 * r, y - 0.9 * r, 1.8 * r, 1.8 * r),
  (pen, x, y, r) => polygon(pen, [x, y - 1.35 * r, x + 1.2 * r, y + 0.8 * r, x - 1.2 * r, y + 0.8 * r]),
  (pen, x, y, r) => polygon(pen, [x, y - 1.35 * r, x + 1.35 * r, y, x, y + 1.35 * r, x - 1.35 * r, y]),
];

/** @param {CanvasRenderingContext2D} pen @param {number[]} corners */
function polygon(pen, corners) {
  for (let i = 0; i < corners.length; i += 2) pen[i ? "lineTo" : "moveTo"](corners[i], corners[i + 1]);
  pen.closePath();
}

/** The colour token and the shape of a class. @param {number} label */
export function look(label) {
  return { color: `class-${label % COLORS}`, shape: (label + Math.floor(label / COLORS)) % SHAPES.length };
}

/** The classes that an array of labels names, in order. @param {ArrayLike<number>} labels */
export const classesOf = (labels) => [...new Set(Array.from(labels))].sort((a, b) => a - b);

/** Where grids of pictures go that stand beside a plane: to its right, two columns; below it where the stage is narrow. Knows no document. */

/** @typedef {import("./layers.js").Layer} Layer */

const PLANE = ["points", "manifold"]; // what makes a plane that keeps its place
const [STRIP, NARROW, HEAD] = [142, 560, 24]; // CSS pixels: a column of pictures with its title, what is too narrow for such, and the title

/** Null where the stage is only a plane, or only pictures. @param {Layer[]} layers @param {import("./wire.js").Frame} frame @param {number} width @param {number} height */
export function beside(layers, frame, width, height) {
  const grids = layers.filter(({ kind }) => kind === "images");
  if (!grids.length || !layers.some(({ kind }) => PLANE.includes(kind))) return null;
  const narrow = width < NARROW;
  const count = Math.max(...grids.map(({ array }) => frame.arrays[array].shape[0]));
  const side = narrow ? Math.min(0.45 * height, grids.length * (width / count + 26)) : grids.length * STRIP;
  const tall = Math.min(STRIP - 8, (height - 16 - HEAD) / count); // as wide as its pictures: title and pictures begin together
  const box = (/** @type {number} */ i) =>
    narrow ? { x: 12, y: height - side + (i * side) / grids.length, w: width - 24, h: side / grids.length - 4 } : { x: width - side + i * STRIP, y: 8, w: tall, h: height - 16 };
  return {
    width: narrow ? width : width - side,
    height: narrow ? height - side : height,
    boxes: new Map(grids.map((layer, i) => [layer, box(i)])),
    columns: narrow ? count : 1,
  };
}

/** A hand on the canvas: strokes by mouse, pen or finger, in CSS pixels from its top left. */

/** @typedef {[number, number]} Place */

/**
 * @param {HTMLCanvasElement} canvas
 * @param {{begin: (at: Place) => boolean, move: (at: Place) => void, end: () => void, hover?: (at: Place) => void}} board `begin` says whether the stroke is for it
 */
export function strokes(canvas, { begin, move, end, hover }) {
  let held = false;
  const place = (/** @type {PointerEvent} */ event) => {
    const box = canvas.getBoundingClientRect();
    return /** @type {Place} */ ([event.clientX - box.left, event.clientY - box.top]);
  };
  canvas.addEventListener("pointerdown", (event) => {
    held = begin(place(event));
    if (!held) return;
    event.preventDefault();
    canvas.setPointerCapture(event.pointerId);
  });
  canvas.addEventListener("pointermove", (event) => (held ? move : hover)?.(place(event)));
  for (const name of ["pointerup", "pointercancel"]) {
    canvas.addEventListener(name, () => {
      if (held) end();
      held = false;
    });
  }
}

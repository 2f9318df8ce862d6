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

const STILL = 8; // CSS pixels: what is no dragging yet

/**
 * What hears a pointer on stages, each stage once however often it is told of it.
 * @template T
 * @param {{at: (stage: import("./stage.js").Stage, x: number, y: number) => T, over: (found: T | null, stage: import("./stage.js").Stage, event: PointerEvent) => void, chosen: (found: T, stage: import("./stage.js").Stage) => void}} hand
 * `at` says what lies at a place of the canvas, `over` is told what a pointer has come to, null when it has left, `chosen` what was clicked or tapped
 * @returns {(stage: import("./stage.js").Stage) => void}
 */
export function hearing({ at, over, chosen }) {
  const heard = new WeakSet();
  return (stage) => {
    if (heard.has(stage)) return;
    heard.add(stage);
    const { canvas } = stage;
    let [downX, downY] = [0, 0];
    const found = (/** @type {MouseEvent} */ event) => {
      const box = canvas.getBoundingClientRect();
      return at(stage, event.clientX - box.left, event.clientY - box.top);
    };
    canvas.addEventListener("pointerdown", (event) => ([downX, downY] = [event.clientX, event.clientY]));
    canvas.addEventListener("pointermove", (event) => over(found(event), stage, event));
    for (const name of /** @type {const} */ (["pointerleave", "pointercancel"])) canvas.addEventListener(name, (event) => over(null, stage, event));
    canvas.addEventListener("click", (event) => {
      if (Math.hypot(event.clientX - downX, event.clientY - downY) <= STILL) chosen(found(event), stage);
    });
  };
}

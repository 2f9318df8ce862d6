/** Keys that move the clock, while the stage or nothing in particular has the focus. */

/** @typedef {import("./timeline.js").Timeline} Timeline */

/** @type {Record<string, (timeline: Timeline) => void>} */
const KEYS = {
  ArrowLeft: (timeline) => timeline.step(-1),
  ArrowRight: (timeline) => timeline.step(1),
  Home: (timeline) => timeline.seek(0),
  End: (timeline) => timeline.seek(timeline.last),
  "+": (timeline) => timeline.faster(1),
  "=": (timeline) => timeline.faster(1),
  "-": (timeline) => timeline.faster(-1),
  " ": (timeline) => timeline.toggle(),
};

/** Whether a key is meant for the stage. @param {KeyboardEvent} event */
export function forStage(event) {
  const target = /** @type {HTMLElement} */ (event.target);
  if (event.ctrlKey || event.metaKey || event.altKey || target.closest("select")) return false;
  return target === document.body || Boolean(target.closest("#stage"));
}

/** What the key does to the clock; a button keeps its own space bar. @param {KeyboardEvent} event */
export function moveOf(event) {
  const onButton = /** @type {HTMLElement} */ (event.target).tagName === "BUTTON";
  return onButton && event.key === " " ? undefined : KEYS[event.key];
}

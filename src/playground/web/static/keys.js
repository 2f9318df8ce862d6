/** Keys that move the clock, while the stage has the focus and is in sight: a reader further down scrolls with them. */

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
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || (event.key === " " && event.shiftKey) || target.closest("select")) return false;
  const box = target.closest("#stage")?.getBoundingClientRect();
  return box !== undefined && box.bottom > 0 && box.top < innerHeight;
}

/** What the key does to the clock; a button keeps its own space bar. @param {KeyboardEvent} event */
export function moveOf(event) {
  const onButton = /** @type {HTMLElement} */ (event.target).tagName === "BUTTON";
  return onButton && event.key === " " ? undefined : KEYS[event.key];
}

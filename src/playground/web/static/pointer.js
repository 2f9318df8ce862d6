/** A hand on the page: which pointer draws, and what becomes of its stroke. Whatever is drawn, dragged or picked asks here. */

/**
 * @typedef {[number, number]} Place in CSS pixels from the element's top left
 * @typedef {{begin: (at: Place, erases: boolean) => boolean, move: (at: Place) => void, end?: () => void, cancel?: () => void, hover?: (at: Place) => void}} Board
 * `begin` says whether the stroke is for it, `cancel` takes back all that the stroke did; without it a cancelled stroke ends like another
 * @typedef {{patient?: boolean, erases?: boolean}} How `patient` where one finger scrolls (`touch-action: pan-y`): its stroke waits until it goes sideways or is lifted;
 * `erases` where a pen that is turned round means something else than a pen: `begin` is told
 * @typedef {{id: number, touch: boolean, down: PointerEvent, gone: number, begun: boolean}} Held the pointer that draws, how it came down, how far it has gone since
 */

const STILL = 8; // CSS pixels: what is no dragging yet
const [YOUNG, SHORT] = [400, 16]; // ms and CSS pixels: a stroke that has only just begun
const ERASER = { button: 5, held: 32 }; // a pen that is turned round, as events number it

/** Whether it is the primary button of a mouse, of a pen or of the first finger; Control makes it a secondary one on a Mac. @param {PointerEvent} event @param {boolean} erases */
const draws = ({ isPrimary, button, ctrlKey }, erases) => isPrimary && !ctrlKey && (button === 0 || (erases && button === ERASER.button));

/**
 * Strokes by mouse, pen or finger. The browser scrolls and zooms by two fingers (`touch-action: pinch-zoom`), so a second finger takes back
 * what the first has only just begun, and ends what it has long been drawing.
 */
class Strokes {
  /** @type {Held | null} */
  #held = null;

  /** @param {HTMLElement} element @param {Board} board @param {How} how */
  constructor(element, board, how) {
    this.element = element;
    this.board = board;
    this.how = how;
    element.addEventListener("pointerdown", (event) => this.#down(event));
    element.addEventListener("pointermove", (event) => this.#moved(event));
    element.addEventListener("pointerup", (event) => this.#owns(event) && this.#up());
    element.addEventListener("pointercancel", (event) => this.#owns(event) && this.#leave(true));
  }

  /** @param {PointerEvent} event */
  #owns({ pointerId }) {
    return pointerId === this.#held?.id;
  }

  /** @param {PointerEvent} event @returns {Place} */
  #place({ clientX, clientY }) {
    const { left, top } = this.element.getBoundingClientRect();
    return [clientX - left, clientY - top];
  }

  /** @param {PointerEvent} event */
  #down(event) {
    const held = this.#held;
    const other = held && !this.#owns(event); // the same one, where it was never heard to be lifted
    if (other && !held.touch) return; // a palm beside the pen
    if (held) this.#leave(other && (event.timeStamp - held.down.timeStamp < YOUNG || held.gone < SHORT));
    if (!draws(event, Boolean(this.how.erases))) return;
    const touch = event.pointerType === "touch";
    const begun = !(touch && this.how.patient);
    if (begun && !this.#begin(event)) return;
    this.#held = { id: event.pointerId, touch, down: event, gone: 0, begun };
    event.preventDefault();
    this.element.setPointerCapture(event.pointerId);
  }

  /** @param {PointerEvent} down */
  #begin(down) {
    return this.board.begin(this.#place(down), down.button === ERASER.button);
  }

  /** @param {PointerEvent} event */
  #moved(event) {
    const held = this.#held;
    if (!held || !this.#owns(event)) return void (event.buttons || this.board.hover?.(this.#place(event)));
    if (!(event.buttons & (held.down.button ? ERASER.held : 1))) return this.#up(); // lifted while another button is held
    const [x, y] = [Math.abs(event.clientX - held.down.clientX), Math.abs(event.clientY - held.down.clientY)];
    held.gone = Math.max(held.gone, Math.hypot(x, y));
    if (!held.begun && x > STILL && x > y) held.begun = this.#begin(held.down);
    if (held.begun) this.board.move(this.#place(event));
  }

  #up() {
    const held = this.#held;
    if (held && !held.begun && held.gone <= STILL) held.begun = this.#begin(held.down); // a tap
    this.#leave(false);
  }

  /** @param {boolean | null} back whether what the stroke did is taken back */
  #leave(back) {
    const { end, cancel = end } = this.board;
    const begun = this.#held?.begun;
    this.#held = null;
    if (begun) (back ? cancel : end)?.();
  }
}

/** @param {HTMLElement} element @param {Board} board @param {How} [how] */
export const strokes = (element, board, how = {}) => void new Strokes(element, board, how);

/**
 * What hears a pointer on stages, each stage once however often it is told of it.
 * @template T
 * @param {{at: (stage: import("./stage.js").Stage, x: number, y: number, touch: boolean) => T, over: (found: T | null, stage: import("./stage.js").Stage, event: PointerEvent) => void, chosen: (found: T, stage: import("./stage.js").Stage) => void}} hand
 * `at` says what lies at a place of the canvas, `over` is told what a pointer has come to, null when it has left, `chosen` what was clicked or tapped
 * @returns {(stage: import("./stage.js").Stage) => void}
 */
export function hearing({ at, over, chosen }) {
  const heard = new WeakSet();
  return (stage) => {
    if (heard.has(stage)) return;
    heard.add(stage);
    const { canvas } = stage;
    let [downX, downY, touch] = [0, 0, false];
    const found = (/** @type {MouseEvent} */ event) => {
      const box = canvas.getBoundingClientRect();
      return at(stage, event.clientX - box.left, event.clientY - box.top, touch);
    };
    const first = (/** @type {(event: PointerEvent) => void} */ heed) => (/** @type {PointerEvent} */ event) => event.isPrimary && heed(event);
    canvas.addEventListener("pointerdown", first(({ clientX, clientY, pointerType }) => ([downX, downY, touch] = [clientX, clientY, pointerType === "touch"])));
    canvas.addEventListener("pointermove", first((event) => {
      touch = event.pointerType === "touch";
      over(found(event), stage, event);
    }));
    for (const name of /** @type {const} */ (["pointerleave", "pointercancel"])) canvas.addEventListener(name, first((event) => over(null, stage, event)));
    canvas.addEventListener("click", (event) => {
      if (Math.hypot(event.clientX - downX, event.clientY - downY) <= STILL) chosen(found(event), stage);
    });
  };
}

/** Sliders keep their values where a thumb only scrolls over them: they jump to it before the browser knows that it scrolls. @param {Document} document */
export function steady(document) {
  /** @type {{slider: HTMLInputElement, value: string} | null} */
  let held = null;
  const first = (/** @type {PointerEvent} */ { isPrimary, pointerType, target }) => isPrimary && pointerType === "touch" && target instanceof HTMLInputElement && target.type === "range" && target;
  const down = (/** @type {PointerEvent} */ event) => {
    const slider = first(event);
    if (slider) held = { slider, value: slider.value };
  };
  const cancelled = (/** @type {PointerEvent} */ event) => {
    if (!held || first(event) !== held.slider || held.slider.value === held.value) return;
    held.slider.value = held.value;
    for (const name of ["input", "change"]) held.slider.dispatchEvent(new Event(name, { bubbles: true }));
  };
  document.addEventListener("pointerdown", down, { capture: true });
  document.addEventListener("pointercancel", cancelled, { capture: true });
}

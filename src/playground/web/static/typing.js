/** Text and numbers that are typed: heard from the browser itself, whatever way they came into their field.
 *
 * Gradio hears of a text only what comes by single keys: not what is pasted, cut, deleted, undone, dropped or dictated, nor what an input
 * method commits. And a number that Gradio corrects when its field is left is told to nobody.
 */

const TYPED = "textarea, input[type=text]";

/** @typedef {HTMLInputElement | HTMLTextAreaElement} Typed */

/** @param {(name: string, value: string | number | null, done: boolean) => void} typed `done` is false while an input method composes */
export function watchFields(typed) {
  const text = (/** @type {Event} */ event) => {
    const found = fieldOf(event, TYPED);
    if (found) typed(found.name, found.field.value, !(event instanceof InputEvent && event.isComposing));
  };
  document.addEventListener("input", text);
  document.addEventListener("compositionend", text);
  document.addEventListener("focusout", (event) => {
    const found = fieldOf(event, "input[type=number]");
    if (found) setTimeout(() => typed(found.name, found.field.value === "" ? null : Number(found.field.value), true)); // after Gradio's correction
  });
}

/** The setting whose field an event is about. @param {Event} event @param {string} kinds @returns {{name: string, field: Typed} | null} */
function fieldOf({ target }, kinds) {
  const name = target instanceof Element && target.matches(kinds) && target.closest("[id^=field-]")?.id.slice("field-".length);
  return name ? { name, field: /** @type {Typed} */ (target) } : null;
}

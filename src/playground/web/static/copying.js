/** Text to the clipboard, with or without the browser's help: over plain http, and within some apps, a page has no clipboard of its own. */

import { h } from "./dom.js";

/** Whether the text of a field could be copied; if not, it is selected. @param {HTMLInputElement | HTMLTextAreaElement} field */
export async function copy(field) {
  try {
    await navigator.clipboard.writeText(field.value);
    return true;
  } catch {
    field.focus();
    field.select();
    return document.execCommand("copy");
  }
}

/** Whether a text that stands in no field could be copied. @param {string} text @param {HTMLElement} beside what keeps the focus */
export async function copyText(text, beside) {
  const field = h("textarea", { readonly: true, class: "aloud", "aria-hidden": "true", tabindex: -1 });
  field.value = text;
  beside.after(field);
  const done = await copy(field);
  field.remove();
  beside.focus({ preventScroll: true });
  return done;
}

/** A field with its Copy button. @param {HTMLInputElement | HTMLTextAreaElement} field @param {string} label @param {Record<string, string>} words of sharing */
export function copyable(field, label, words) {
  const said = h("p", { class: "by-hand", role: "status" });
  const press = async () => {
    const done = await copy(field);
    said.textContent = done ? words.copied : words.by_hand;
    said.classList.toggle("aloud", done);
    if (done) button.textContent = words.copied;
    if (done) button.focus({ preventScroll: true });
  };
  const button = h("button", { type: "button", class: "copy", "aria-label": label, onclick: press }, words.copy);
  field.addEventListener("focus", () => field.select());
  return h("div", {}, h("div", { class: "field" }, field, button), said);
}

/** A file that was made, once more on the page: browsers within apps save none, and a page is not told. A picture to hold, a text to select, an address to open elsewhere. */

import { copyable } from "./copying.js";
import { h } from "./dom.js";

const IN_APP = /MicroMessenger|\bQQ\/|Weibo|DingTalk|Lark\/|AlipayClient|FBA[NV]|Instagram|\bLine\//; // as they name themselves; some leave the page for what they can't save

/** Whether this browser saves what a page hands it, as far as is known. */
export const saves = () => "download" in HTMLAnchorElement.prototype && !IN_APP.test(navigator.userAgent);

export class Handed {
  /** @param {Record<string, string>} words of sharing */
  constructor(words) {
    this.words = words;
    this.body = h("div", {});
    this.element = h("details", { class: "handed", hidden: true }, h("summary", {}, words.not_saved), this.body);
  }

  /** @param {string} hint @param {HTMLElement} what */
  #show(hint, what) {
    this.body.replaceChildren(h("p", {}, hint), what);
    this.element.hidden = false;
    this.element.open = !saves();
    if (this.element.open) this.element.scrollIntoView({ block: "nearest" });
  }

  /** @param {Blob} blob @param {string} alt */
  async picture(blob, alt) {
    const reader = new FileReader(); // apps save the picture of a data address, but not always that of a blob
    const read = new Promise((resolve) => reader.addEventListener("load", resolve));
    reader.readAsDataURL(blob);
    await read;
    const image = h("img", { src: reader.result, alt });
    await image.decode().catch(() => {});
    this.#show(this.words.hold_picture, image);
  }

  /** @param {string} text */
  text(text) {
    const field = h("textarea", { readonly: true, rows: 8, "aria-label": this.words.file_text });
    field.value = text;
    this.#show(this.words.copy_text, copyable(field, this.words.copy, this.words));
  }

  /** @param {string} url where the file comes from */
  address(url) {
    const field = h("input", { readonly: true, "aria-label": this.words.file_address, value: url });
    this.#show(this.words.elsewhere, copyable(field, this.words.copy_link, this.words));
  }
}

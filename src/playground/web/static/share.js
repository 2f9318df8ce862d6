/** The Share dialog: a link that brings back this run at this frame, its QR code, a frame for other pages, and files to keep. */

import { address } from "./address.js";
import { copyable } from "./copying.js";
import { h } from "./dom.js";
import { Files } from "./files.js";
import { fingerprint, headlineOf } from "./fingerprint.js";
import { prefetch } from "./gif.js";
import { Refusal, answer } from "./wire.js";

const style = h("link", { rel: "stylesheet", href: new URL("./share.css", import.meta.url) });
const styled = new Promise((resolve) => ["load", "error"].forEach((name) => style.addEventListener(name, resolve)));
document.head.append(style);
Promise.allSettled([styled, prefetch()]).then(() => performance.mark("share:ready"));

const SPACES = "https://huggingface.co/spaces/"; // whose page hands its query on, but not its path

/** @type {Share | undefined} */
let last;

/** One dialog, however often it is asked for. @param {import("./page.js").Page} page */
export async function open(page) {
  await styled;
  return (last = last?.dialog.open ? last : new Share(page));
}

const NAMED = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

/** Text as it stands in an attribute. @param {string} text */
const escaped = (text) => text.replace(/[&<>"]/g, (char) => NAMED[/** @type {keyof typeof NAMED} */ (char)]);

export class Share {
  #closed = new AbortController();

  /** @param {import("./page.js").Page} page */
  constructor(page) {
    const { timeline, spec } = page;
    const words = (this.words = spec.share);
    this.page = page;
    const { playing } = timeline;
    timeline.playing = false;
    timeline.position = timeline.index; // the link knows whole frames
    page.draw();
    this.link = h("input", { readonly: true, "aria-label": words.link });
    this.embed = h("input", { readonly: true, "aria-label": words.embed });
    this.hub = h("input", { readonly: true, "aria-label": words.hub });
    this.hint = h("p", {});
    this.code = h("div", { class: "code" });
    this.files = new Files(page, this.#closed.signal);
    this.dialog = h(
      "dialog",
      { class: "share", "aria-labelledby": "share-title" },
      h("header", {}, h("h2", { id: "share-title" }, words.title), h("button", { type: "button", class: "close", "aria-label": words.close, title: words.close, onclick: () => this.dialog.close() }, "✕")),
      !spec.offline && h(
        "div",
        { class: "ways" },
        h("section", {}, h("h3", {}, words.link), copyable(this.link, words.copy_link, words), this.hint),
        spec.space && h("section", {}, h("h3", {}, words.hub), copyable(this.hub, words.copy_hub, words), h("p", {}, words.hub_hint)),
        h("section", {}, h("h3", {}, words.embed), copyable(this.embed, words.copy_embed, words), h("p", {}, words.embed_hint)),
        h("section", { class: "qr" }, h("h3", {}, words.qr), this.code),
      ),
      h("section", {}, spec.offline ? null : h("h3", {}, words.save), this.files.element),
    );
    this.dialog.addEventListener("click", (/** @type {Event} */ event) => event.target === this.dialog && this.dialog.close()); // beside it
    addEventListener("popstate", () => this.dialog.close(), { signal: this.#closed.signal });
    this.dialog.addEventListener("close", () => {
      this.#closed.abort();
      this.dialog.remove();
      timeline.playing = playing;
      /** @type {HTMLElement | null} */ (document.querySelector("header .share"))?.focus({ preventScroll: true }); // Gradio may have brought another
    });
    document.body.append(this.dialog);
    this.dialog.showModal();
    this.dialog.querySelector(".copy")?.focus(); // `autofocus` is an error in a frame of another origin
    this.update();
  }

  /** What the dialog says of the run, again when the run has come to its end. */
  update() {
    const { timeline, shown, spec, vs } = this.page;
    if (!this.dialog.open || !shown) return;
    this.files.update();
    if (spec.offline) return; // no link leads to a file
    const last = timeline.frames[timeline.last];
    const fp = shown.whole ? fingerprint(last.metrics, shown.v, headlineOf(last, shown.scene)) : null;
    const query = address(this.page.link.seen(""), shown, timeline.wanted ?? timeline.index, spec, { vs, fp });
    const url = (spec.space ? `https://${spec.space.host}` : location.origin) + location.pathname + query;
    if (url === this.link.value) return;
    this.link.value = url;
    if (spec.space) this.hub.value = `${SPACES}${spec.space.id}?c=${spec.slug}&lang=${spec.lang}&${query.slice(1)}`;
    this.embed.value = `<iframe src="${escaped(url)}" title="${escaped(spec.lesson.title)}" width="100%" height="720" style="border: 0" allow="clipboard-write"></iframe>`;
    const promise = shown.whole ? this.words.promise : this.words.promise_none;
    this.hint.textContent = query.length > spec.longest ? spec.words.too_long : promise;
    this.#draw(url);
  }

  /** The link as a QR code, or why there is none. @param {string} url */
  async #draw(url) {
    const { words } = this;
    try {
      const response = await answer(`/qr?text=${encodeURIComponent(url)}`, this.page.spec.lang, this.#closed.signal);
      const source = URL.createObjectURL(await response.blob());
      this.#closed.signal.addEventListener("abort", () => URL.revokeObjectURL(source));
      if (url === this.link.value) this.code.replaceChildren(h("img", { src: source, alt: words.qr_alt }));
    } catch (error) {
      if (!this.#closed.signal.aborted) this.code.replaceChildren(h("p", {}, error instanceof Refusal ? error.message : words.qr_offline));
    }
  }
}

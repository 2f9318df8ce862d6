/** Two runs side by side on one clock: two stages, what differs, where they part, charts overlaid. Fetched when it is asked for. */

import { changed } from "./address.js";
import { KINDS, difference } from "./difference.js";
import { h, onThemeChange } from "./dom.js";
import { fill } from "./format.js";
import { changesOf, following, more, overlaid } from "./pair.js";
import { Parted } from "./parted.js";
import { Rival } from "./rival.js";
import { Second } from "./second.js";
import { chapterAt } from "./timeline.js";

/** @typedef {import("./running.js").Plan} Plan */

const style = h("link", { rel: "stylesheet", href: new URL("./versus.css", import.meta.url) });
document.head.append(style);
await new Promise((resolve) => ["load", "error"].forEach((name) => style.addEventListener(name, resolve)));

export class Versus {
  /** What the first run is called beside the second. */
  #name = "";

  /** @param {import("./page.js").Page} page */
  constructor(page) {
    this.page = page;
    this.words = page.spec.versus;
    this.second = new Second(page, () => this.draw(), {
      begun: (plan) => this.#begun(plan),
      came: () => this.look(),
      grown: () => page.draw(),
      refused: (sentence) => this.#refused(sentence),
    });
    page.status.beside = () => this.second.running.active;
    this.captions = KINDS.map((kind) => h("figcaption", {}, h("span", { class: `named ${kind}` }), h("span", { class: "num" })));
    this.difference = h("p", { class: "difference" });
    this.parted = new Parted(page);
    const stop = h("button", { type: "button", class: "pill", onclick: () => this.#stopped() }, this.words.stop);
    this.bar = h("div", { class: "versus-bar" }, h("div", {}, this.difference, this.parted.sentence), stop);
    this.pair = h("div", { class: "pair" }, ...this.captions.map((caption) => h("figure", {}, caption)));
    this.pair.lastChild.prepend(this.second.seat.picture);
    this.rival = new Rival(page, page.comparing);
    onThemeChange(() => {
      this.second.seat.stage.recolor();
      page.draw();
    });
  }

  /* ---- the second run ---- */

  /** Do what the page's address says: open beside the first run, or leave it alone. */
  refresh() {
    if (!this.page.vs) return this.#close();
    if (this.#flaw) return this.#end(this.#flaw);
    if (!this.pair.isConnected) this.#open();
    if (this.page.shown && !this.page.running.waiting) this.follow();
  }

  /** Fetch the run that goes beside the one on the stage. */
  follow() {
    const { vs, shown } = this.page;
    this.rival.fit();
    if (!vs || !shown) return;
    this.#forget();
    this.second.open(changed(shown.query, changesOf(vs) ?? {}));
  }

  stop() {
    this.second.stop();
  }

  /** Why the address names no second run; "" when it does. */
  get #flaw() {
    const { vs, spec } = this.page;
    const changes = changesOf(vs ?? "");
    if (!changes) return this.words.unreadable;
    return Object.keys(changes).every((name) => spec.fields.some((field) => field.name === name)) ? "" : this.words.unknown;
  }

  /** The second run takes its stage. @param {Plan} plan */
  #begun(plan) {
    const { shown: first, stage, charts, spec } = this.page;
    if (!first || plan.key === first.key) return this.#end(this.words.same);
    this.second.seat.take(plan);
    for (const { key, on } of more(first.scene.layers, plan.scene.layers, "key")) if (!(stage.chosen.get(key) ?? on)) stage.off.add(key);
    const { parts, names } = difference(first.params, plan.params, spec);
    this.difference.replaceChildren(...parts);
    [this.#name, this.second.name] = names;
    charts.setScene(overlaid(first.scene.charts, plan.scene.charts));
    this.page.showKind();
    this.page.draw();
  }

  /** One that never began is none; what has come of one that broke off stays. @param {string} sentence */
  #refused(sentence) {
    const { status, spec } = this.page;
    const begun = this.second.run.frames.length > 0;
    if (!begun && sentence !== spec.words.broken) return this.#end(fill(this.words.refused, { why: sentence }));
    status.refuse(fill(this.words.failed, { why: sentence }));
  }

  /** There is nothing to put beside the first run, and why. @param {string} sentence */
  #end(sentence) {
    this.page.beside(null);
    this.page.link.write();
    this.page.status.refuse(sentence);
  }

  /** By the reader's hand. */
  #stopped() {
    this.page.beside(null, true);
    document.getElementById("stage")?.focus({ preventScroll: true });
  }

  /* ---- its place on the page ---- */

  #open() {
    const { seat, player } = this.page;
    seat.picture.before(this.bar, this.pair);
    this.pair.firstChild.prepend(seat.picture);
    player.track.append(this.parted.mark);
    this.#forget();
    this.#place();
  }

  #close() {
    this.stop();
    this.#forget();
    if (!this.pair.isConnected) return;
    const { seat, charts, shown } = this.page;
    this.pair.before(seat.picture);
    for (const part of [this.bar, this.pair, this.parted.mark]) part.remove();
    this.#place();
    if (shown) charts.setScene(shown.scene.charts);
    charts.redraw();
    this.page.draw();
  }

  #place() {
    document.getElementById("stage")?.classList.toggle("two", this.pair.isConnected);
    this.page.showKind();
  }

  /** Nothing is known of the second run. */
  #forget() {
    this.second.reset();
    this.parted.reset();
    this.#name = this.words.first;
    this.difference.replaceChildren();
    this.page.charts.beside = null;
  }

  /* ---- what is seen and said ---- */

  /** Frames have come: charts and parting may change. */
  look() {
    const { timeline, shown, charts } = this.page;
    if (!this.second.seat.shown) return;
    charts.update(timeline.frames);
    this.parted.look({ frames: timeline.frames, whole: Boolean(shown?.whole) }, this.second.run);
  }

  /** Layers of the second stage that the first has not. */
  get ownLayers() {
    const { frame, seat } = this.second;
    const { stage, timeline } = this.page;
    return frame ? more(stage.shown(timeline.frame), seat.stage.shown(frame), "key") : [];
  }

  /** What both runs are called. */
  get names() {
    return [this.#name, this.second.name];
  }

  /** Draw what stands for the clock's frame. @param {boolean} [between] whether only the points moved on */
  draw(between = false) {
    if (!this.pair.isConnected) return;
    this.#drawStage();
    if (between) return;
    const { run, frame, name, place, seat } = this.second;
    this.page.charts.beside = seat.shown && { frames: run.frames, frame, names: [this.#name, name] };
    this.pair.lastChild.classList.toggle("behind", !place.final);
    this.#caption();
    this.parted.place();
  }

  #drawStage() {
    const { timeline, stage: first } = this.page;
    const { run, place, seat } = this.second;
    const { stage } = seat;
    [stage.off, stage.lit, stage.picked, stage.all, stage.frames, stage.look] = [first.off, first.lit, first.picked, first.all, run.frames, first.look];
    if (place.index < 0) return stage.clear();
    const { ahead } = timeline;
    const next = ahead && following(run, place.index, ahead.next);
    stage.draw(run.frames[place.index], next && { next, mix: ahead.mix }, chapterAt(run.frames, place.index));
  }

  #caption() {
    const { seat, timeline } = this.page;
    const says = [
      [this.#name, timeline.frame ? seat.moment(timeline.frame) : ""],
      [this.second.name, this.second.moment],
    ];
    this.captions.forEach((caption, k) => [caption.firstChild, caption.lastChild].forEach((part, i) => (part.textContent = says[k][i])));
    this.second.seat.picture.setAttribute("aria-label", this.second.told);
  }

  /** Both runs in words. @param {string} own what is said of the first */
  told(own) {
    return this.second.seat.shown ? [fill(this.words.of, { name: this.#name, text: own }), this.second.told].join("\n") : own;
  }
}

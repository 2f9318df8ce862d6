/** A latent space under the hand: the model runs here, at every move of the point, and asks the server nothing. Fetched for scenes that have a walker. */

import { h, onThemeChange } from "./dom.js";
import { strokes } from "./pointer.js";
import { Codes, cellAt, gridOf } from "./walker-codes.js";
import { Encode } from "./walker-encode.js";
import { Floors } from "./walker-floor.js";
import { looked, wayOf } from "./walker-look.js";
import { Overlay } from "./walker-map.js";
import { Model } from "./walker-model.js";
import { Out } from "./walker-out.js";
import { recolor } from "./walker-paint.js";
import { Move, Path, Sample, Sum, segments } from "./walker-tools.js";
import { MODES, viewOf, withView } from "./walker-view.js";

/**
 * @typedef {import("./stage.js").Stage} Stage
 * @typedef {import("./walker-view.js").View} View
 * @typedef {import("./walker-look.js").Look} Look
 * @typedef {{stage: Stage, model: Model, name: string}} Walk a stage with the model that is walked on it
 */

document.head.append(h("link", { rel: "stylesheet", href: new URL("./walker.css", import.meta.url) }));

/** @type {Record<string, [number, number]>} */
const MOVES = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
const [STEP, SPEED, HELD] = [0.1, 1.6, 250]; // of the map's units: at a press, in a second while held, and after how many ms that begins
const [ROUND, DICE] = [5, 160]; // seconds for a path there and back, ms between two ε
const RESTS = 300; // ms after the last move

export class Walker {
  /** @type {View} */
  view;
  /** What is walked now; nothing outside the chapter. @type {Walk[]} */
  walks = [];
  /** @type {WeakMap<import("./wire.js").Frame, Model>} */
  #models = new WeakMap();
  /** @type {Map<Stage, Overlay>} */
  #overlays = new Map();
  /** Arrow keys that are held, since when. @type {Map<string, number>} */
  #held = new Map();
  #opened = false;
  #holes = false;
  #asked = 0;
  #drawn = 0;
  #diced = 0;
  #forward = true;
  #resting = 0;

  /** @param {import("./page.js").Page} page */
  constructor(page) {
    this.page = page;
    this.words = page.spec.walker;
    this.view = viewOf(location.search, true);
    this.floors = new Floors(() => page.draw());
    const play = (/** @type {Path | Encode} */ tool) => () => {
      tool.playing = !tool.playing;
      this.redraw();
    };
    this.tools = {
      move: new Move(this, () => this.#toggleHoles()),
      sample: new Sample(this),
      path: new Path(this, () => play(this.tools.path)()),
      sum: new Sum(this),
      codes: new Codes(this),
      encode: new Encode(this, () => play(this.tools.encode)()),
    };
    this.tabs = segments("walk-mode", this.words.modes, MODES.map((mode) => [mode, this.words[mode]]), (mode) => this.change({ mode }));
    this.tabs.element.classList.add("walk-tabs");
    this.outs = [0, 1].map(() => new Out(this.words, (code, model) => this.change({ mode: "move", at: Array.from(model.onMap(code, this.view.axes)) })));
    this.aloud = h("p", { class: "aloud", role: "status" });
    this.shown = h("div", { class: "walk-shown" }, this.tools.encode.given, ...this.outs.map(({ element }) => element));
    this.element = h("section", { class: "walk", "aria-label": this.words.modes, hidden: true }, this.tabs.element, this.shown, ...Object.values(this.tools).map(({ element }) => element), this.aloud);
    document.addEventListener("keyup", ({ key }) => this.#held.delete(key));
    document.getElementById("stage")?.addEventListener("focus", () => this.#label());
    addEventListener("blur", () => this.#held.clear());
    onThemeChange(() => this.#recolor());
  }

  /** The lesson's words for what the data are. */
  get classes() {
    return this.page.stage.classes[this.walks[0]?.model.plan.names ?? ""] ?? [];
  }

  /* ---- what an address keeps ---- */

  /** @param {string} search */
  open(search) {
    this.view = viewOf(search, this.walks[0]?.model.plan.prior ?? true);
    this.#suit(false);
    this.redraw();
  }

  /** @param {string} search */
  kept(search) {
    return withView(search, this.view);
  }

  /* ---- what is walked ---- */

  /** Take the frames on the stages; whether there is something to walk. @param {{stage: Stage, frame: import("./wire.js").Frame | null, name: string}[]} seats */
  show(seats) {
    const walks = seats.flatMap(({ stage, frame, name }) => {
      const plan = stage.scene?.walker;
      return plan && frame && frame.phase === plan.phase ? [{ stage, model: this.#model(plan, frame), name }] : [];
    });
    const first = walks[0]?.model.plan.shape.join();
    const begins = !this.walks.length && walks.length > 0;
    this.walks = walks.filter(({ model }) => model.plan.shape.join() === first);
    this.#suit(begins);
    this.element.hidden = !walks.length;
    for (const { stage } of seats) this.#hear(stage);
    this.#label();
    this.redraw();
    return walks.length > 0;
  }

  /** @param {import("./walker-model.js").Plan} plan @param {import("./wire.js").Frame} frame */
  #model(plan, frame) {
    let model = this.#models.get(frame);
    if (!model) this.#models.set(frame, (model = new Model(plan, frame)));
    return model;
  }

  /** What the view asks for, as far as this model has it. @param {boolean} begins */
  #suit(begins) {
    const model = this.walks[0]?.model;
    if (!model) return;
    if (begins && !this.#opened) this.view = viewOf(location.search, model.plan.prior);
    this.#opened = true;
    const { axes, mode } = this.view;
    if (axes.i >= model.n || axes.j >= model.n) this.view.axes = { kind: "p", i: 0, j: 1 };
    const coded = Boolean(model.arrays.codebook);
    if (coded !== (mode === "codes")) this.view.mode = coded ? "codes" : "move";
    this.view.cell = Math.min(this.view.cell, Math.max(0, model.plan.grid[0] * model.plan.grid[1] - 1));
    this.tabs.element.hidden = coded;
  }

  /** The stage says what its keys do, unless something else has it. */
  #label() {
    const section = document.getElementById("stage");
    const [usual, own] = [this.page.spec.words.stage_keys, this.words.keys];
    const label = section?.getAttribute("aria-label");
    if (label === usual && this.walks.length) section?.setAttribute("aria-label", own);
    if (label === own && !this.walks.length) section?.setAttribute("aria-label", usual);
  }

  #recolor() {
    recolor();
    for (const overlay of this.#overlays.values()) overlay.recolor();
    for (const tool of [this.tools.path, this.tools.sum, this.tools.codes, this.tools.encode]) tool.forget();
    this.redraw();
  }

  /* ---- the hand ---- */

  /** Look otherwise. @param {Partial<View>} change */
  change(change) {
    const was = this.view;
    this.view = { ...was, ...change };
    if ("item" in change || "eps" in change) this.view.put = {}; // another input
    const turned = change.axes && change.axes !== was.axes;
    const leaves = change.mode === "move" && was.mode !== "move" && !change.at;
    const model = this.walks[0]?.model;
    if (model && (turned || leaves)) this.view.at = Array.from(model.onMap(looked(model, was, this.#input).z, this.view.axes)); // from where one is
    if (change.mode && change.mode !== was.mode) this.tools.path.playing = this.tools.encode.playing = false;
    if (turned) this.page.draw();
    this.#soon();
  }

  /** Look as before a stroke that was none. @param {View} view */
  back(view) {
    this.view = view;
    this.#soon();
  }

  #soon() {
    this.redraw();
    clearTimeout(this.#resting);
    this.#resting = window.setTimeout(() => this.#rest(), RESTS);
  }

  /** The hand rests: the link keeps it, and it is said. */
  #rest() {
    if (!this.walks.length) return;
    if (this.tools.path.playing || this.tools.encode.playing) return;
    this.aloud.textContent = this.outs[0].told;
    this.page.link.write();
    if (this.floors.stale(this.walks[0].model, this.view)) this.page.draw();
  }

  #toggleHoles() {
    this.#holes = !this.#holes;
    this.tools.move.holes.setAttribute("aria-pressed", String(this.#holes));
    this.redraw();
  }

  /** @param {Stage} stage */
  #hear(stage) {
    if (this.#overlays.has(stage)) return;
    this.#overlays.set(stage, new Overlay(stage));
    stage.lens = (frame) => this.#lensed(stage, frame);
    const walked = () => this.walks.some((walk) => walk.stage === stage);
    const go = (/** @type {[number, number]} */ [x, y]) => {
      const { scale, width, height } = stage.plane;
      if (this.view.mode === "codes") return this.change({ cell: cellAt(gridOf(this.walks[0].model, width, height), x, y) });
      this.#go([(x - width / 2) / scale, (height / 2 - y) / scale]);
    };
    let before = this.view;
    strokes(stage.canvas, {
      begin: (at) => {
        if (!walked() || this.page.boards.open) return false;
        before = this.view;
        document.getElementById("stage")?.focus({ preventScroll: true });
        go(at);
        return true;
      },
      move: go,
      cancel: () => this.back(before),
    });
  }

  /** The point goes to a place of the map; on a path to what of it is nearest. @param {[number, number]} to */
  #go([u, v]) {
    const [{ model }] = this.walks;
    const { axes, mode } = this.view;
    const most = 1.05 * model.plan.extent;
    if (mode === "path" && this.view.way !== "loop") return this.#goAlong(model, [u, v]);
    const at = Array.from(model.onMap(looked(model, this.view, this.#input).z, axes));
    [at[axes.i], at[axes.j]] = [u, v].map((value) => Math.min(most, Math.max(-most, value)));
    if (mode === "path") this.change({ at, t: ((Math.atan2(v, u) / (2 * Math.PI)) + 1) % 1 });
    else this.change({ mode: "move", at });
  }

  /** @param {Model} model @param {[number, number]} to */
  #goAlong(model, [u, v]) {
    const along = wayOf(model, this.view);
    const { axes } = this.view;
    const far = Array.from({ length: 101 }, (_, i) => {
      const place = model.onMap(along(i / 100), axes);
      return Math.hypot(place[axes.i] - u, place[axes.j] - v);
    });
    this.change({ t: far.indexOf(Math.min(...far)) / 100 });
  }

  /** Arrows move the point, for as long as they are held. @param {KeyboardEvent} event */
  key(event) {
    const target = /** @type {HTMLElement} */ (event.target);
    if (!this.walks.length || !MOVES[event.key] || target.matches("input, select")) return false;
    if (!this.#held.has(event.key)) {
      this.#held.set(event.key, performance.now() + HELD);
      this.#walk(MOVES[event.key], STEP);
    }
    return true;
  }

  /** @param {[number, number]} way @param {number} far */
  #walk([dx, dy], far) {
    const [{ model }] = this.walks;
    const { mode, t, axes } = this.view;
    if (mode === "codes") return this.#step(model.plan.grid, dx, -dy);
    if (mode === "path") return this.change({ t: Math.min(1, Math.max(0, t + (far / 6) * (dx + dy))) });
    const place = model.onMap(looked(model, this.view, this.#input).z, axes);
    this.#go([place[axes.i] + dx * far, place[axes.j] + dy * far]);
  }

  /** To the next cell. @param {[number, number]} grid @param {number} dx @param {number} dy */
  #step([rows, columns], dx, dy) {
    const { cell } = this.view;
    const within = (/** @type {number} */ i, /** @type {number} */ n) => Math.min(n - 1, Math.max(0, i));
    this.change({ cell: within(Math.floor(cell / columns) + dy, rows) * columns + within((cell % columns) + dx, columns) });
  }

  /* ---- what is seen ---- */

  redraw() {
    this.#asked ||= requestAnimationFrame((now) => this.#draw(now));
  }

  get #input() {
    const [walk] = this.walks;
    return walk ? this.tools.encode.input(walk.model, this.view) : new Float32Array();
  }

  /** @param {number} now */
  #draw(now) {
    this.#asked = 0;
    const passed = Math.min(0.1, (now - this.#drawn) / 1000);
    this.#drawn = now;
    for (const overlay of this.#overlays.values()) overlay.clear();
    if (!this.walks.length) return;
    this.#goOn(now, passed);
    const input = this.#input;
    const looks = this.walks.map(({ model }) => looked(model, this.view, input));
    this.walks.forEach(({ stage, model }, i) => {
      const points = stage.frame?.arrays.z?.data;
      const { grid } = looks[i];
      if (grid) this.#overlays.get(stage)?.codes(model, grid, this.view);
      else this.#overlays.get(stage)?.draw(looks[i], this.#holes && points ? { points, extent: model.plan.extent } : null);
    });
    const models = this.walks.map(({ model }) => model);
    this.tabs.show(this.view.mode);
    this.element.dataset.mode = this.view.mode;
    for (const [mode, tool] of Object.entries(this.tools)) tool.element.hidden = mode !== this.view.mode && !(mode === "encode" && this.view.mode === "codes");
    this.tools.encode.given.hidden = this.tools.encode.element.hidden;
    if (this.view.mode === "codes") this.tools.encode.show(this.view, models, looks);
    this.tools[this.view.mode].show(this.view, models, looks);
    this.outs.forEach((out, i) => out.show(this.walks[i], looks[i], this.view, input, this.walks.length > 1));
  }

  /** What moves by itself: the point while a key is held, a path that plays, ε while it is thrown. @param {number} now @param {number} passed seconds */
  #goOn(now, passed) {
    const { path, encode } = this.tools;
    for (const [key, since] of this.#held) if (now > since && this.view.mode !== "codes") this.#walk(MOVES[key], SPEED * passed);
    if (path.playing) this.#play(passed);
    if (encode.playing && now - this.#diced > DICE) {
      this.#diced = now;
      this.change({ eps: (this.view.eps % 999999) + 1 });
    }
    if (this.#held.size || path.playing || encode.playing) this.redraw();
  }

  /** There and back, or round and round. @param {number} passed seconds */
  #play(passed) {
    const by = (2 * passed) / ROUND;
    const { t, way } = this.view;
    if (way === "loop") return this.change({ t: (t + by) % 1 });
    const next = t + (this.#forward ? by : -by);
    if (next >= 1 || next <= 0) this.#forward = next <= 0;
    this.change({ t: Math.min(1, Math.max(0, next)) });
  }

  /** A walk's frame with other axes, or another floor. @param {Stage} stage @param {import("./wire.js").Frame} frame @returns {import("./wire.js").Frame} */
  #lensed(stage, frame) {
    const plan = stage.scene?.walker;
    if (!plan || frame.phase !== plan.phase) return frame;
    const model = this.#model(plan, frame);
    return { ...frame, arrays: { ...frame.arrays, ...this.floors.of(model, this.view) } };
  }
}

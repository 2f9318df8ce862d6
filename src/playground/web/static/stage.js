/** The stage: a canvas that draws a scene's layers for the frame the clock shows. */

import { beside } from "./beside.js";
import { look } from "./classes.js";
import { token } from "./dom.js";
import { alike, frameThem, pictureAt } from "./grids.js";
import { DRAW, now } from "./layers.js";
import { unchosen } from "./looks.js";
import { allOf, members, membersOf, panels } from "./members.js";
import { drawWays, nearest } from "./ways.js";

/**
 * @typedef {import("./wire.js").Frame} Frame
 * @typedef {import("./layers.js").Layer} Layer
 * @typedef {import("./layers.js").Plane} Plane
 * @typedef {{layers: Layer[], charts: any[], view: number, headline: Record<string, string>, twins: Record<string, string>, flow?: import("./flow.js").Plan | null, equation?: import("./equation.js").Plan | null, texts?: import("./texts.js").Text[], walker?: import("./walker-model.js").Plan | null, notes?: string[], credit?: string}} Scene
 */

const HEADING = 0.9; // of a row: what stands above a grid of pictures
const NAME = 18; // CSS pixels above each of many seeds
const LEAST = 8; // CSS pixels of a side that can be drawn on

/** Rows of a grid of pictures. @param {Layer} layer @param {Frame} frame */
function rowsOf({ array, columns }, frame) {
  const n = frame.arrays[array].shape[0];
  return Math.ceil(n / (columns || Math.ceil(Math.sqrt(n))));
}

export class Stage {
  /** @type {Scene | null} */
  scene = null;
  /** Whether all members of a run with many seeds are shown, and the seed of the first. */
  all = false;
  seed = 0;
  /** Layers that are switched off, and what the reader has chosen, which the next run keeps to. @type {Set<string>} */
  off = new Set();
  /** @type {Map<string, boolean>} */
  chosen = new Map();
  /** Keys of what a symbol of the lesson points to. @type {string[]} */
  lit = [];
  /** @type {Record<string, string>} */
  labels = {};
  /** The lesson's words for classes, in lists by name. @type {Record<string, string[]>} */
  classes = {};
  /** All that are there of the run, for the ways of the picked points. @type {Frame[]} */
  frames = [];
  /** Points whose way is drawn, by their index. @type {number[]} */
  picked = [];
  /** Where the points that can be picked were drawn last. @type {ArrayLike<number> | null} */
  places = null;
  /** The grids whose pictures can be picked, as they were drawn last. @type {import("./grids.js").Grid[]} */
  grids = [];
  /** What is looked at in attention, by all stages alike. */
  look = unchosen();
  /** Attention as it was drawn last. @type {{layer: Layer, plan: import("./heads-layout.js").Plan, seen: import("./looks.js").Seen} | null} */
  attention = null;
  /** The frame drawn last. @type {Frame | null} */
  frame = null;
  /** What is looked at in a world of cells, and where it was drawn last. @type {import("./cells-looks.js").Grid} */
  grid = { pointed: null, chosen: null, numbers: false, play: false };
  /** @type {import("./cells-layout.js").Place | null} */
  world = null;
  /** What a walker makes of a frame before it is drawn: other axes, another floor. @type {((frame: Frame) => Frame) | null} */
  lens = null;
  /** What is drawn over the stage is drawn on a likeness of it, too. @type {((own: Stage) => void) | null} */
  over = null;
  /** In CSS pixels, kept so that drawing asks the document nothing. @type {[number, number]} */
  #size = [1, 1];
  /** @type {Map<string, string>} */
  #colors = new Map();

  /** @param {HTMLCanvasElement} canvas @param {() => void} redraw called when the canvas has a new size, or can draw more */
  constructor(canvas, redraw) {
    this.canvas = canvas;
    this.redraw = redraw;
    this.pen = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d", { alpha: false })); // opaque: nothing behind it need be drawn
    new ResizeObserver(() => {
      this.refit();
      redraw();
    }).observe(canvas);
    this.refit();
  }

  /** Take the canvas's own size and the screen's fineness. */
  refit() {
    this.fit(this.canvas.clientWidth, this.canvas.clientHeight);
  }

  /** @param {number} width @param {number} height in CSS pixels @param {number} ratio */
  fit(width, height, ratio = devicePixelRatio || 1) {
    if (!width || !height) return;
    this.#size = [width, height];
    this.canvas.width = Math.round(width * ratio);
    this.canvas.height = Math.round(height * ratio);
    this.pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    this.clear(); // an opaque canvas is black until it is drawn on
  }

  clear() {
    this.pen.fillStyle = this.#color("card");
    this.pen.fillRect(0, 0, this.plane.width, this.plane.height);
  }

  recolor() {
    this.#colors.clear();
  }

  /** @param {string} name */
  #color(name) {
    let value = this.#colors.get(name);
    if (!value) this.#colors.set(name, (value = token(name)));
    return value;
  }

  /** The plane of the data: `view` is half the height of what is seen. @returns {Plane} */
  get plane() {
    return this.#planeOf(...this.#size);
  }

  /** @param {number} width @param {number} height @returns {Plane} */
  #planeOf(width, height) {
    const side = this.scene?.walker ? Math.min(width, height) : height; // a map is seen whole
    const scale = side / (2 * (this.scene?.view ?? 2.5));
    return { width, height, scale, x: (u) => width / 2 + u * scale, y: (v) => height / 2 - v * scale };
  }

  /** Layers of the chapter that the frame has arrays for. @param {Frame} frame */
  shown(frame) {
    return (this.scene?.layers ?? []).filter((layer) => frame.arrays[layer.array] && (!layer.phases.length || layer.phases.includes(frame.phase)));
  }

  /**
   * @param {Frame} told @param {{next: Frame, mix: number} | null} ahead
   * @param {Frame[]} chapter the frames of this chapter up to this one
   */
  draw(told, ahead, chapter) {
    const frame = this.lens?.(told) ?? told;
    this.frame = frame;
    if (Math.min(...this.#size) < LEAST) return; // not laid out yet, or never in sight
    this.clear();
    const layers = this.#seen(frame);
    const count = this.all ? membersOf(frame, layers) : 0;
    if (count > 1) return this.#drawAll(count, frame, ahead, chapter, layers);
    const drawn = this.#drawLayers(layers, frame, ahead, chapter, this.plane);
    this.grids = alike(drawn.filter(({ layer }) => layer.kind === "images"), frame);
    this.attention = drawn.find(({ layer }) => layer.kind === "heads") ?? null;
    this.world = drawn.find(({ layer }) => layer.kind === "cells")?.place ?? null;
    frameThem(this.pen, this.grids, this.picked, this.#color("ink"), this.#color("card"));
    this.#drawPicked(frame, ahead, layers);
  }

  /** Layers that are switched on; where attention is all that a chapter has, it is seen whatever was looked at instead of it before. @param {Frame} frame */
  #seen(frame) {
    const layers = this.shown(frame);
    return layers.length === 1 && layers[0].kind === "heads" ? layers : layers.filter(({ key }) => !this.off.has(key));
  }

  /** Each member in a panel of its own, under its seed. @param {number} count @param {Frame} frame @param {{next: Frame, mix: number} | null} ahead @param {Frame[]} chapter @param {Layer[]} layers */
  #drawAll(count, frame, ahead, chapter, layers) {
    const { pen, plane } = this;
    [this.places, this.grids, this.attention, this.world] = [null, [], null, null];
    const [rows, columns] = (layers.some(({ kind }) => kind === "cells") && frame.arrays.world?.shape) || [plane.height, plane.width];
    panels(count, plane.width, plane.height, NAME, columns / rows).forEach(({ x, y, w, h }, i) => {
      const own = (/** @type {Frame} */ one) => members(one, count)[i];
      pen.save();
      pen.translate(x, y);
      pen.fillStyle = this.#color("soft");
      pen.font = "500 12.5px system-ui, sans-serif";
      pen.textBaseline = "alphabetic";
      pen.textAlign = "center";
      pen.fillText(String(this.seed + i), w / 2, -4);
      pen.beginPath();
      pen.rect(0, 0, w, h);
      pen.clip();
      this.#drawLayers(layers.filter(({ array, shared }) => shared || frame.arrays[allOf(array)]), own(frame), ahead && { next: own(ahead.next), mix: ahead.mix }, chapter.map(own), this.#planeOf(w, h));
      pen.restore();
    });
  }

  /** @param {Layer[]} layers @param {Frame} frame @param {{next: Frame, mix: number} | null} ahead @param {Frame[]} chapter @param {Plane} plane */
  #drawLayers(layers, frame, ahead, chapter, plane) {
    const { pen } = this;
    const aside = beside(layers, frame, plane.width, plane.height);
    const boxes = aside?.boxes ?? this.#boxes(layers, frame, plane);
    const own = aside ? this.#planeOf(aside.width, aside.height) : plane;
    const grids = [];
    for (const told of layers) {
      const layer = aside && told.kind === "images" ? { ...told, columns: aside.columns } : told;
      pen.globalAlpha = layers.some(({ key }) => this.lit.includes(key)) && !this.lit.includes(layer.key) ? 0.13 : 1;
      pen.save();
      if (aside && layer.kind !== "images") this.#keepTo(own); // the pictures beside it stay clear
      const grid = DRAW[layer.kind](pen, {
        layer,
        frame,
        next: ahead?.next ?? null,
        mix: ahead?.mix ?? 0,
        chapter,
        plane: own,
        color: this.#color(layer.color),
        paper: this.#color("card"),
        ink: this.#color("soft"),
        title: this.labels[layer.key],
        token: (name) => this.#color(name),
        names: this.classes[layer.names] ?? [],
        redraw: this.redraw,
        look: this.look,
        before: this.before(frame),
        others: layers,
        lit: this.lit,
        walking: ahead !== null,
        grid: this.grid,
        box: boxes.get(told),
      });
      pen.restore();
      if (grid) grids.push(grid);
    }
    pen.globalAlpha = 1;
    return grids;
  }

  /** @param {Plane} plane */
  #keepTo({ width, height }) {
    this.pen.beginPath();
    this.pen.rect(0, 0, width, height);
    this.pen.clip();
  }

  /** Where each grid of pictures goes: one under the other, with room for its rows and its heading. @param {Layer[]} layers @param {Frame} frame @param {Plane} plane */
  #boxes(layers, frame, { width, height }) {
    const grids = layers.filter(({ kind }) => kind === "images").map((layer) => ({ layer, rows: HEADING + rowsOf(layer, frame) }));
    const unit = (height - 12) / grids.reduce((sum, { rows }) => sum + rows, 0);
    let y = 8;
    return new Map(
      grids.map(({ layer, rows }) => {
        const box = { x: 12, y, w: width - 24, h: rows * unit - 4 };
        y += rows * unit;
        return [layer, box];
      }),
    );
  }

  /** How many points or pictures can be picked. */
  get pickable() {
    return this.places ? this.places.length / 2 : (this.grids[0]?.n ?? 0);
  }

  /** The point near a place of the stage, or the picture there; -1 where there is none. @param {number} x @param {number} y @param {number} reach */
  at(x, y, reach) {
    return this.places ? nearest(this.places, this.plane, x, y, reach) : pictureAt(this.grids, x, y);
  }

  /** The layer whose points can be picked. @param {Frame} frame */
  #trail(frame) {
    return this.shown(frame).find(({ kind }) => kind === "trails");
  }

  /** The run up to a frame. @param {Frame} frame */
  before(frame) {
    return this.frames.slice(0, this.frames.indexOf(frame));
  }

  /** The coordinates of the points that can be picked, in each frame of a chapter. @param {Frame} frame @returns {ArrayLike<number>[]} */
  wayOf(frame) {
    const { array = "" } = this.#trail(frame) ?? {};
    const chapter = this.frames.filter(({ phase }) => phase === frame.phase);
    return (chapter.length ? chapter : [frame]).flatMap(({ arrays }) => arrays[array]?.data ?? []);
  }

  /** @param {Frame} frame @param {{next: Frame, mix: number} | null} ahead @param {Layer[]} layers that are seen */
  #drawPicked(frame, ahead, layers) {
    const trail = this.#trail(frame);
    const at = (/** @type {Layer} */ layer) => now({ layer, frame, next: ahead?.next ?? null, mix: ahead?.mix ?? 0 });
    this.places = trail ? at(trail) : null;
    if (!trail || !this.places || !this.picked.length) return;
    const labels = frame.arrays[trail.labels]?.data;
    drawWays(this.pen, this.picked, {
      way: this.wayOf(frame),
      passed: this.frames.filter(({ phase, step }) => phase === frame.phase && step <= frame.step).length || 1,
      places: this.places,
      guesses: layers.filter(({ linked }) => linked && linked === trail.array).map((layer) => ({ at: at(layer), color: this.#color(layer.color) })),
      plane: this.plane,
      paper: this.#color("card"),
      ink: this.#color("ink"),
      color: (i) => this.#color(labels ? look(labels[i]).color : trail.color),
    });
  }
}

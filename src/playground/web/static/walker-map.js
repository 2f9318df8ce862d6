/** What a walker draws over the map: the point, its path, the ellipse of an input, the holes between the data. */

import { token } from "./dom.js";
import { drawCodes } from "./walker-codes.js";
import { density } from "./walker-maths.js";

/** @typedef {import("./walker-look.js").Look} Look */

const [FINE, KERNEL, EMPTY] = [60, 0.14, 0.012]; // of the map of holes: cells along a side, the kernel's width, below which share of the densest there is nothing

export class Overlay {
  /** @type {Map<string, string>} */
  #colors = new Map();
  /** @type {{points: ArrayLike<number>, extent: number, veil: HTMLCanvasElement} | null} */
  #holes = null;
  /** What is seen: drawn once more where the stage becomes a picture. @type {(() => void) | null} */
  #seen = null;

  /** @param {import("./stage.js").Stage} stage */
  constructor(stage) {
    this.stage = stage;
    this.canvas = document.createElement("canvas");
    this.canvas.className = "over";
    this.pen = /** @type {CanvasRenderingContext2D} */ (this.canvas.getContext("2d"));
    this.plane = stage.plane;
    stage.canvas.after(this.canvas);
    stage.over = (own) => this.#onto(own);
  }

  recolor() {
    this.#colors.clear();
    this.#holes = null;
  }

  /** @param {string} name */
  #color(name) {
    let value = this.#colors.get(name);
    if (!value) this.#colors.set(name, (value = token(name)));
    return value;
  }

  /** As large as the stage. */
  #fit() {
    const { width, height } = this.stage.canvas;
    if (this.canvas.width !== width || this.canvas.height !== height) [this.canvas.width, this.canvas.height] = [width, height];
    const ratio = width / this.stage.plane.width;
    this.pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    this.plane = this.stage.plane;
    this.pen.clearRect(0, 0, this.plane.width, this.plane.height);
  }

  clear() {
    this.#fit();
    this.#seen = null;
  }

  /** @param {() => void} seen */
  #show(seen) {
    this.#fit();
    this.#seen = seen;
    seen();
  }

  /** @param {import("./stage.js").Stage} own that is drawn on instead */
  #onto(own) {
    const { pen, plane } = this;
    [this.pen, this.plane] = [own.pen, own.plane];
    this.#seen?.();
    [this.pen, this.plane] = [pen, plane];
  }

  /** @param {Look} look @param {{points: ArrayLike<number>, extent: number} | null} holes where data lie, if it is to be seen where none do */
  draw(look, holes) {
    this.#show(() => this.#draw(look, holes));
  }

  /** @param {Look} look @param {{points: ArrayLike<number>, extent: number} | null} holes */
  #draw({ place, way, marks, around, cloud, codes }, holes) {
    if (holes) this.#drawHoles(holes);
    if (way) this.#drawWay(way);
    if (around) this.#drawAround(around, place);
    for (const at of cloud ?? []) this.#dot(at, codes ? 6 : 4, "model", codes ? 1 : 0.55);
    for (const mark of marks ?? []) this.#mark(mark);
    if (!codes) this.#dot(place, around ? 6 : 9, "model", 1); // of samples none stands out
  }

  /** A grid of codes in the map's place. @param {import("./walker-model.js").Model} model @param {Int16Array} codes @param {import("./walker-view.js").View} view */
  codes(model, codes, view) {
    this.#show(() => drawCodes(this.pen, model, codes, view, this.plane.width, this.plane.height));
  }

  /** @param {[number, number]} place @param {number} radius @param {string} color @param {number} alpha */
  #dot([u, v], radius, color, alpha) {
    const { pen, plane } = this;
    const [x, y] = [plane.x(u), plane.y(v)];
    pen.globalAlpha = alpha;
    for (const [size, ink] of /** @type {[number, string][]} */ (radius > 5 ? [[radius + 3, "ink"], [radius + 1, "card"], [radius - 2, color]] : [[radius + 1, "card"], [radius, color]])) {
      pen.fillStyle = this.#color(ink);
      pen.beginPath();
      pen.arc(x, y, size, 0, 7);
      pen.fill();
    }
    pen.globalAlpha = 1;
  }

  /** On an edge of paper, so that it stands out from the floor. @param {() => void} path @param {string} color @param {number} width @param {number[]} [dash] */
  #line(path, color, width, dash = []) {
    const { pen } = this;
    pen.lineJoin = pen.lineCap = "round";
    for (const [ink, more, pattern] of /** @type {[string, number, number[]][]} */ ([["card", 3, []], [color, 0, dash]])) {
      pen.setLineDash(pattern);
      pen.strokeStyle = this.#color(ink);
      pen.lineWidth = width + more;
      pen.beginPath();
      path();
      pen.stroke();
    }
    pen.setLineDash([]);
  }

  /** @param {[number, number][]} way */
  #drawWay(way) {
    const { x, y } = this.plane;
    this.#line(() => way.forEach(([u, v], i) => this.pen[i ? "lineTo" : "moveTo"](x(u), y(v))), "model", 2.5);
  }

  /** One and two σ about μ, and the step from μ to z. @param {NonNullable<Look["around"]>} around @param {[number, number]} place */
  #drawAround({ middle: [u, v], major, minor, angle }, place) {
    const { pen } = this;
    const { x, y, scale } = this.plane;
    for (const times of [2, 1]) this.#line(() => pen.ellipse(x(u), y(v), Math.max(1, times * major * scale), Math.max(1, times * minor * scale), -angle, 0, 7), "data", times === 1 ? 2.5 : 1.5, times === 1 ? [] : [5, 4]);
    this.#line(() => {
      pen.moveTo(x(u), y(v));
      pen.lineTo(x(place[0]), y(place[1]));
    }, "model", 2);
    this.#dot([u, v], 4, "data", 1);
  }

  /** @param {{name: string, place: [number, number]}} mark */
  #mark({ name, place: [u, v] }) {
    const { pen, plane } = this;
    const [x, y] = [plane.x(u), plane.y(v)];
    pen.fillStyle = this.#color("ink");
    pen.beginPath();
    pen.arc(x, y, 11, 0, 7);
    pen.fill();
    pen.fillStyle = this.#color("card");
    pen.font = "600 14px system-ui, sans-serif";
    [pen.textAlign, pen.textBaseline] = ["center", "middle"];
    pen.fillText(name, x, y + 0.5);
  }

  /** Paper over the floor where no data lie. @param {{points: ArrayLike<number>, extent: number}} holes */
  #drawHoles({ points, extent }) {
    if (this.#holes?.points !== points) this.#holes = { points, extent, veil: this.#veil(points, extent) };
    const { x, y, scale } = this.plane;
    this.pen.drawImage(this.#holes.veil, x(-extent), y(extent), 2 * extent * scale, 2 * extent * scale);
  }

  /** @param {ArrayLike<number>} points @param {number} extent */
  #veil(points, extent) {
    const veil = document.createElement("canvas");
    veil.width = veil.height = FINE;
    const pen = /** @type {CanvasRenderingContext2D} */ (veil.getContext("2d"));
    const at = (/** @type {number} */ i) => extent * ((2 * i + 1) / FINE - 1);
    const found = Float32Array.from({ length: FINE * FINE }, (_, k) => density(points, at(k % FINE), -at(Math.floor(k / FINE)), (KERNEL * extent) / 3));
    const most = found.reduce((greatest, value) => Math.max(greatest, value), 0);
    pen.fillStyle = this.#color("card");
    found.forEach((value, k) => {
      pen.globalAlpha = 0.88 * Math.max(0, 1 - value / (EMPTY * most));
      pen.fillRect(k % FINE, Math.floor(k / FINE), 1, 1);
    });
    return veil;
  }
}

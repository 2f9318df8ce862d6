/** One step in slow motion: who gives what to whom, the sub-steps by number, this sub-step's formula and its numbers. */

import { h } from "./dom.js";
import { about } from "./format.js";

/**
 * @typedef {{key: string, x: number, y: number, color: string, net: boolean}} Node
 * @typedef {[string, string]} Edge from one node to another
 * @typedef {{key: string, turn: string, forward: Edge[], back: Edge[], new: string[], formulas: string[]}} Part
 * @typedef {{phase: string, turns: string[], nodes: Node[], edges: Edge[], parts: Part[]}} Plan
 */

document.head.append(h("link", { rel: "stylesheet", href: new URL("./flow.css", import.meta.url) }));

const SVG = "http://www.w3.org/2000/svg";
const [ACROSS, DOWN, WIDE, HIGH] = [86, 62, 34, 18]; // from column to column, from row to row; half of a node

/** @param {string} tag @param {Record<string, string | number>} attributes @param {...(Element | string)} children */
function svg(tag, attributes, ...children) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
  element.append(...children);
  return element;
}

/** Where an arrow leaves one node's box and meets another's. @param {{x: number, y: number}} from @param {{x: number, y: number}} to @returns {[number, number, number, number]} */
export function between(from, to) {
  const [x0, y0, x1, y1] = [from.x * ACROSS, from.y * DOWN, to.x * ACROSS, to.y * DOWN];
  const [dx, dy] = [x1 - x0, y1 - y0];
  const part = Math.min(dx ? (WIDE + 3) / Math.abs(dx) : 1, dy ? (HIGH + 3) / Math.abs(dy) : 1);
  return [x0 + part * dx, y0 + part * dy, x1 - part * dx, y1 - part * dy];
}

/** The number of each part within its turn. @param {Part[]} parts */
export const numbered = (parts) => parts.map(({ turn }, i) => parts.slice(0, i + 1).filter((part) => part.turn === turn).length);

export class Flow {
  #shown = "";

  /** @param {any} lesson @param {(part: number) => void} go to a sub-step, from 1 */
  constructor(lesson, go) {
    this.lesson = lesson;
    this.go = go;
    this.drawing = h("div", { class: "drawing" });
    this.turns = h("div", { class: "turns" });
    this.formula = h("div", { class: "formula" });
    this.said = h("p", { class: "said" });
    this.element = h("div", { class: "flow", hidden: true }, this.drawing, this.turns, this.formula, this.said);
  }

  /** Whether the frame is one of its sub-steps. @param {Plan | null | undefined} plan @param {import("./wire.js").Frame} frame */
  show(plan, frame) {
    const part = plan && frame.phase === plan.phase ? plan.parts[frame.metrics.part - 1] : undefined;
    this.element.hidden = !part;
    if (!plan || !part) return false;
    const state = JSON.stringify([plan, part.key]);
    if (state !== this.#shown) this.#draw(plan, part);
    this.#shown = state;
    this.said.textContent = about(this.lesson.captions.parts[part.key], frame);
    return true;
  }

  /** @param {Plan} plan @param {Part} part */
  #draw(plan, part) {
    const focused = this.turns.contains(document.activeElement);
    this.drawing.replaceChildren(this.#graph(plan, part));
    this.turns.replaceChildren(...plan.turns.map((turn) => this.#turn(plan.parts, turn, part)));
    this.formula.innerHTML = part.formulas.map((key) => this.lesson.captions.formulas[key]).join(""); // the lesson's own, made into MathML by the server
    if (focused) /** @type {HTMLElement | null} */ (this.turns.querySelector("[aria-current]"))?.focus();
  }

  /** @param {Part[]} parts @param {string} turn @param {Part} now */
  #turn(parts, turn, now) {
    const numbers = numbered(parts);
    const { labels } = this.lesson;
    const button = (/** @type {Part} */ part, /** @type {number} */ i) =>
      h("button", { type: "button", "aria-current": part === now ? "step" : null, onclick: () => this.go(i + 1) }, h("b", {}, String(numbers[i])), " ", h("span", {}, labels.parts[part.key]));
    return h("div", { class: `turn${now.turn === turn ? " now" : ""}` }, h("span", {}, labels.turns[turn]), ...parts.flatMap((part, i) => (part.turn === turn ? [button(part, i)] : [])));
  }

  /** @param {Plan} plan @param {Part} part */
  #graph({ nodes, edges }, part) {
    const { labels, captions } = this.lesson;
    const [right, bottom] = [Math.max(...nodes.map(({ x }) => x)), Math.max(...nodes.map(({ y }) => y))];
    const place = new Map(nodes.map((node) => [node.key, node]));
    const has = (/** @type {Edge[]} */ some, /** @type {Edge} */ [from, to]) => some.some(([a, b]) => a === from && b === to);
    const arrow = (/** @type {Edge} */ edge) => {
      const [from, to] = /** @type {[Node, Node]} */ (edge.map((key) => place.get(key)));
      const [forward, back] = [has(part.forward, edge), has(part.back, edge)];
      const [x0, y0, x1, y1] = back ? between(to, from) : between(from, to);
      const kind = back ? "back" : forward ? "forward" : "idle";
      return svg("line", { class: `edge ${kind}`, x1: x0, y1: y0, x2: x1, y2: y1, style: `--c:var(--${back ? "mark" : from.color})`, "marker-end": `url(#head-${kind})` });
    };
    const box = (/** @type {Node} */ { key, x, y, color, net }) =>
      svg(
        "g",
        { class: `node${net ? " net" : ""}${part.new.includes(key) ? " new" : ""}`, style: `--c:var(--${color})`, transform: `translate(${x * ACROSS} ${y * DOWN})` },
        svg("rect", { x: -WIDE, y: -HIGH, width: 2 * WIDE, height: 2 * HIGH, rx: net ? 6 : HIGH }),
        svg("text", { y: 5 }, labels.nodes[key]),
      );
    const head = (/** @type {string} */ kind) =>
      svg("marker", { id: `head-${kind}`, class: kind, viewBox: "0 0 8 8", refX: 7, refY: 4, markerWidth: 8, markerHeight: 8, markerUnits: "userSpaceOnUse", orient: "auto" }, svg("path", { d: "M0 0L8 4L0 8z" }));
    return svg(
      "svg",
      { viewBox: `${-WIDE - 4} ${-HIGH - 6} ${right * ACROSS + 2 * WIDE + 8} ${bottom * DOWN + 2 * HIGH + 12}`, role: "img", "aria-label": `${labels.turns[part.turn]}, ${labels.parts[part.key]}. ${captions.flow}` },
      ...["idle", "forward", "back"].map(head),
      ...edges.map(arrow),
      ...nodes.map(box),
    );
  }
}

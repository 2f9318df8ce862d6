/** Beam search as a tree: a token a node, the surprise of its branch in bits beside it; heavy lines are followed, dotted ones were dropped. */

import { face } from "./heads.js";
import { lay, middle, nodesOf, numberAt } from "./tree-layout.js";
import { shortened, shown } from "./tokens.js";

/**
 * @typedef {import("./tree-layout.js").Node} Node
 * @typedef {import("./tree-layout.js").Plan} Plan
 * @typedef {{pen: CanvasRenderingContext2D, nodes: Node[], plan: Plan, alpha: number, color: string, token: (name: string) => string}} Work
 */

/** @type {Record<import("./tree-layout.js").Fate, {width: number, alpha: number, weight: number, dash: number[]}>} */
const LOOKS = {
  dropped: { width: 1, alpha: 0.75, weight: 400, dash: [2, 3] },
  ended: { width: 1.5, alpha: 0.6, weight: 400, dash: [] },
  living: { width: 2, alpha: 1, weight: 500, dash: [] },
  best: { width: 4, alpha: 1, weight: 700, dash: [] },
};

/** @param {CanvasRenderingContext2D} pen @param {import("./layers.js").Job} job */
export function tree(pen, { layer, frame, plane, color, token }) {
  const nodes = nodesOf(layer, frame);
  const plan = lay(nodes, layer.columns, plane);
  const work = { pen, nodes, plan, alpha: pen.globalAlpha, color, token };
  const order = [...nodes.keys()].sort((a, b) => LOOKS[nodes[a].fate].width - LOOKS[nodes[b].fate].width); // the best branch over all others
  pen.textBaseline = "middle";
  for (const i of order) if (nodes[i].parent >= 0) link(work, i);
  for (const i of order) node(work, i);
  pen.setLineDash([]);
  pen.textBaseline = "alphabetic";
  pen.globalAlpha = work.alpha;
}

/** From the token before to this one. @param {Work} work @param {number} i */
function link({ pen, nodes, plan, alpha, color, token }, i) {
  const { fate, parent } = nodes[i];
  const [from, to] = [plan.places[parent], plan.places[i]];
  const look = LOOKS[fate];
  const bend = 0.5 * plan.across;
  pen.globalAlpha = alpha * look.alpha;
  pen.strokeStyle = fate === "dropped" ? token("soft") : color;
  pen.lineWidth = look.width;
  pen.setLineDash(look.dash);
  pen.beginPath();
  const [start, end] = [middle(plan, parent), middle(plan, i)];
  pen.moveTo(from.x, start);
  pen.bezierCurveTo(from.x + bend, start, to.x - bend, end, to.x, end);
  pen.stroke();
}

/** A token on a ground of its own, with its number. @param {Work} work @param {number} i */
function node({ pen, nodes, plan, alpha, color, token }, i) {
  const { fate, kept, bits, token: text } = nodes[i];
  const { x, room } = plan.places[i];
  const look = LOOKS[fate];
  const size = Math.min(plan.line, Math.max(10, 0.8 * room)) * (kept ? 1 : 0.9);
  const small = Math.max(9.5, 0.78 * size);
  pen.font = face(small);
  const number = bits.toFixed(1);
  const figure = pen.measureText(number).width;
  pen.font = face(size, look.weight);
  const word = shortened(shown(text), 0.72 * plan.across, (some) => pen.measureText(some).width);
  const wide = Math.max(size, pen.measureText(word).width) + 0.7 * size;
  const where = numberAt(plan, i, wide, figure);
  const tall = Math.min(room - 1, 1.45 * size);
  const y = middle(plan, i);
  pen.globalAlpha = alpha;
  pen.setLineDash(look.dash);
  pen.beginPath();
  pen.roundRect(x - wide / 2, y - tall / 2, wide, tall, 0.4 * tall);
  pen.fillStyle = token(kept ? "card" : "fill");
  pen.fill();
  pen.strokeStyle = kept ? color : token("edge");
  pen.lineWidth = kept ? Math.min(2, look.width) : 1;
  pen.stroke();
  pen.fillStyle = token(kept ? "ink" : "soft");
  pen.textAlign = "center";
  pen.fillText(word, x, y + 0.5);
  if (where) figureAt(pen, number, where === "below" ? x - figure / 2 : x + wide / 2 + 3, where === "below" ? y + tall / 2 + small * 0.68 : y, small, figure, token);
}

/** A number on paper, so that lines don't run through it. @param {CanvasRenderingContext2D} pen @param {string} number @param {number} x @param {number} y @param {number} size @param {number} wide @param {(name: string) => string} token */
function figureAt(pen, number, x, y, size, wide, token) {
  pen.fillStyle = token("card");
  pen.fillRect(x - 1, y - size * 0.55, wide + 2, size * 1.1);
  pen.font = face(size);
  pen.fillStyle = token("soft");
  pen.textAlign = "left";
  pen.fillText(number, x, y);
}

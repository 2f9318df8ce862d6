/** A tree of tokens: who came of whom, what has become of each branch, and where everything lies. Knows no document. */

/**
 * @typedef {import("./layers.js").Layer} Layer
 * @typedef {import("./wire.js").Frame} Frame
 * @typedef {"dropped" | "ended" | "living" | "best"} Fate dropped at once; followed, but given up later; still followed; on the best branch
 * @typedef {{parent: number, own: number, bits: number, kept: boolean, depth: number, token: string, fate: Fate}} Node
 * @typedef {{x: number, y: number, room: number}} Place the middle, and the height that is the node's own
 * @typedef {{places: Place[], across: number, line: number}} Plan
 */

const FIELDS = 4; // numbers of a node
const RIM = 10;
const DROPPED = 0.62; // of the height of a node that was kept

/** The nodes of a frame's tree. @param {Layer} layer @param {Frame} frame @returns {Node[]} */
export function nodesOf(layer, frame) {
  const { data, shape } = frame.arrays[layer.array];
  /** @type {Node[]} */
  const nodes = [];
  for (let i = 0; i < shape[0]; i++) {
    const [parent, own, bits, kept] = Array.from({ length: FIELDS }, (_, k) => data[FIELDS * i + k]);
    const depth = parent < 0 ? 0 : nodes[parent].depth + 1;
    nodes.push({ parent, own, bits, kept: kept > 0, depth, token: frame.texts[layer.tokens]?.[i] ?? "", fate: kept > 0 ? "ended" : "dropped" });
  }
  const ends = nodes.filter(({ kept, depth }) => kept && depth === nodes[nodes.length - 1].depth).sort((a, b) => b.bits - a.bits);
  ends.forEach((end, i) => follow(nodes, end, i === ends.length - 1 ? "best" : "living"));
  return nodes;
}

/** A branch from its end to the root. @param {Node[]} nodes @param {Node | undefined} end @param {Fate} fate */
function follow(nodes, end, fate) {
  for (let node = end; node; node = nodes[node.parent]) node.fate = fate;
}

/** Generations in columns; in each, children stand in the order of their parents, so that no two lines cross. @param {Node[]} nodes @param {number} columns @param {{width: number, height: number}} box @returns {Plan} */
export function lay(nodes, columns, { width, height }) {
  const across = (width - 2 * RIM) / columns;
  /** @type {Place[]} */
  const places = [];
  let before = new Map([[-1, 0]]);
  for (let depth = 0; depth < columns; depth++) {
    const own = [...nodes.keys()].filter((i) => nodes[i].depth === depth);
    const rank = (/** @type {number} */ i) => before.get(nodes[i].parent) ?? 0;
    own.sort((a, b) => rank(a) - rank(b) || nodes[a].bits - nodes[b].bits);
    const share = (/** @type {number} */ i) => (nodes[i].kept ? 1 : DROPPED);
    const unit = (height - 2 * RIM) / own.reduce((sum, i) => sum + share(i), 0);
    let y = RIM;
    for (const i of own) {
      places[i] = { x: RIM + (depth + 0.5) * across, y: y + (share(i) * unit) / 2, room: share(i) * unit };
      y += share(i) * unit;
    }
    before = new Map(own.map((i, at) => [i, at]));
  }
  return { places, across, line: Math.max(11, Math.min(20, height / 26, across / 3.4)) };
}

/** Whether a node's number stands below its token. @param {Plan} plan @param {number} i */
const below = ({ places, line }, i) => i > 0 && places[i].room >= 2.5 * line;

/** The middle of a node's token, where lines begin and end. @param {Plan} plan @param {number} i */
export const middle = (plan, i) => plan.places[i].y - (below(plan, i) ? 0.42 * plan.line : 0);

/** Where a node's number stands: below its token, beside it, or nowhere, as there is room. @param {Plan} plan @param {number} i @param {number} wide the token's width @param {number} number the number's */
export function numberAt(plan, i, wide, number) {
  if (below(plan, i)) return "below";
  return i > 0 && wide + number + 10 <= plan.across ? "beside" : "";
}

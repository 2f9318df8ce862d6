/** The signs of a world's cells: what each letter looks like, on the stage and on the tools it is painted with. */

import { MOVES } from "./cells-layout.js";

/** @typedef {CanvasRenderingContext2D} Pen */
/** @typedef {{pen: Pen, x: number, y: number, cell: number, token: (name: string) => string}} Spot `x`, `y` is the cell's top left */

/** Letters in which a cell can be left in one direction only, by their action. */
const ONE_WAY = "LDRU";

/** @param {Spot} spot @param {string} color */
function ground({ pen, x, y, cell }, color) {
  pen.fillStyle = color;
  pen.fillRect(x, y, cell, cell);
}

/** @param {Spot} spot @param {string} color @param {number} width @param {[number, number][]} points in shares of the cell */
function line({ pen, x, y, cell }, color, width, points) {
  pen.strokeStyle = color;
  pen.lineWidth = Math.max(1, cell * width);
  pen.lineCap = pen.lineJoin = "round";
  pen.beginPath();
  points.forEach(([u, v], i) => pen[i ? "lineTo" : "moveTo"](x + u * cell, y + v * cell));
  pen.stroke();
}

/** @param {Spot} spot */
function wall(spot) {
  ground(spot, spot.token("wall"));
}

/** A flag on its pole. @param {Spot} spot */
function goal(spot) {
  const { pen, x, y, cell, token } = spot;
  ground(spot, token("card"));
  pen.globalAlpha *= 0.22;
  ground(spot, token("good"));
  pen.globalAlpha /= 0.22;
  line(spot, token("ink"), 0.075, [[0.34, 0.2], [0.34, 0.84]]);
  pen.fillStyle = token("good");
  pen.beginPath();
  pen.moveTo(x + 0.36 * cell, y + 0.17 * cell);
  pen.lineTo(x + 0.82 * cell, y + 0.35 * cell);
  pen.lineTo(x + 0.36 * cell, y + 0.54 * cell);
  pen.fill();
}

/** @param {Spot} spot */
function pit(spot) {
  const { pen, x, y, cell, token } = spot;
  ground(spot, token("card"));
  for (const [color, up, size] of /** @type {[string, number, number][]} */ ([["edge", 0.05, 0.36], ["pit", 0, 0.34]])) {
    pen.fillStyle = token(color);
    pen.beginPath();
    pen.ellipse(x + cell / 2, y + (0.52 - up) * cell, size * cell, size * 0.8 * cell, 0, 0, 7);
    pen.fill();
  }
}

/** Where it begins: a ring on the ground. @param {Spot} spot */
function start({ pen, x, y, cell, token }) {
  pen.strokeStyle = token("ink");
  pen.lineWidth = Math.max(1.5, 0.06 * cell);
  pen.lineCap = "butt"; // whatever was drawn before
  pen.setLineDash([0.16 * cell, 0.11 * cell]);
  pen.beginPath();
  pen.arc(x + cell / 2, y + cell / 2, 0.4 * cell, 0, 7);
  pen.stroke();
  pen.setLineDash([]);
}

/** Hatching. @param {Spot} spot */
function cliff(spot) {
  const { pen, x, y, cell, token } = spot;
  ground(spot, token("card"));
  pen.save();
  pen.beginPath();
  pen.rect(x, y, cell, cell);
  pen.clip();
  pen.globalAlpha *= 0.75;
  for (let u = -1; u < 1; u += 0.25) line(spot, token("bad"), 0.07, [[u, 1], [u + 1, 0]]);
  pen.restore();
}

/** Two waves along the lower edge. @param {Spot} spot */
function slippery(spot) {
  const { pen, x, y, cell, token } = spot;
  pen.strokeStyle = token("ink");
  pen.lineCap = "round";
  pen.lineWidth = Math.max(1, 0.05 * cell);
  for (const v of [0.83, 0.93]) {
    pen.beginPath();
    pen.moveTo(x + 0.16 * cell, y + v * cell);
    for (let u = 0.16; u < 0.8; u += 0.17) pen.quadraticCurveTo(x + (u + 0.0425) * cell, y + (v - 0.075) * cell, x + (u + 0.085) * cell, y + v * cell), pen.quadraticCurveTo(x + (u + 0.1275) * cell, y + (v + 0.075) * cell, x + (u + 0.17) * cell, y + v * cell);
    pen.stroke();
  }
}

/** A bar on each side that is closed, and a wedge out of the one that is open. @param {Spot} spot @param {number} open */
function oneWay(spot, open) {
  const { pen, x, y, cell, token } = spot;
  const at = (/** @type {number} */ along, /** @type {number} */ across) => {
    const [dx, dy] = MOVES[open];
    return /** @type {[number, number]} */ ([0.5 + along * dx - across * dy, 0.5 + along * dy + across * dx]);
  };
  line(spot, token("wall"), 0.1, [at(0.28, -0.43), at(-0.43, -0.43), at(-0.43, 0.43), at(0.28, 0.43)]);
  pen.fillStyle = token("wall");
  pen.beginPath();
  for (const [u, v] of [at(0.47, 0), at(0.3, -0.17), at(0.3, 0.17)]) pen.lineTo(x + u * cell, y + v * cell);
  pen.fill();
}

/** As many chevrons as cells that the wind carries. @param {Spot} spot @param {number} force */
function wind(spot, force) {
  const color = spot.token("noise");
  for (let i = 0; i < force; i++) line(spot, color, 0.07, [[0.09, 0.93 - 0.17 * i], [0.21, 0.8 - 0.17 * i], [0.33, 0.93 - 0.17 * i]]);
}

/** What ends an episode, or can't be entered, hides the value below it. */
export const covers = (/** @type {string} */ letter) => "WGHC".includes(letter);

/** @param {Spot} spot @param {string} letter */
export function sign(spot, letter) {
  const { pen } = spot;
  const alpha = pen.globalAlpha;
  if (letter === "W") wall(spot);
  else if (letter === "G") goal(spot);
  else if (letter === "H") pit(spot);
  else if (letter === "C") cliff(spot);
  else if (letter === "S") start(spot);
  else if (letter === "I") slippery(spot);
  else if (ONE_WAY.includes(letter)) oneWay(spot, ONE_WAY.indexOf(letter));
  else if (letter >= "1" && letter <= "3") wind(spot, Number(letter));
  pen.globalAlpha = alpha;
}

/** The reward of entering a cell, in its upper right corner. @param {Spot} spot @param {string} text @param {boolean} good */
export function badge({ pen, x, y, cell, token }, text, good) {
  const size = Math.max(7, Math.min(17, 0.27 * cell));
  pen.font = `650 ${size}px system-ui, sans-serif`;
  const wide = Math.min(cell - 2, pen.measureText(text).width + 0.6 * size);
  const [left, top, high] = [x + cell - wide - 1.5, y + 1.5, 1.3 * size];
  pen.fillStyle = token("card");
  pen.beginPath();
  pen.roundRect(left, top, wide, high, high / 2);
  pen.fill();
  pen.lineWidth = Math.max(1, 0.03 * cell);
  pen.strokeStyle = token(good ? "good" : "bad");
  pen.stroke();
  pen.fillStyle = token(good ? "good" : "bad");
  pen.textAlign = "center";
  pen.textBaseline = "middle";
  pen.fillText(text, left + wide / 2, top + high / 2 + 0.5, wide - 2);
}

/** The one that walks: round, with eyes in the direction it goes. @param {Pen} pen @param {number} x @param {number} y @param {number} cell @param {[number, number]} way @param {(name: string) => string} token */
export function agent(pen, x, y, cell, [dx, dy], token) {
  const r = 0.29 * cell;
  pen.fillStyle = token("model");
  pen.strokeStyle = token("card");
  pen.lineWidth = Math.max(1.5, 0.07 * cell);
  pen.beginPath();
  pen.arc(x, y, r, 0, 7);
  pen.stroke();
  pen.fill();
  for (const side of [-1, 1]) {
    const [ex, ey] = [x + r * (0.24 * dx + side * 0.36), y + r * (0.3 * dy - 0.12)];
    pen.fillStyle = "#fff";
    pen.beginPath();
    pen.arc(ex, ey, 0.25 * r, 0, 7);
    pen.fill();
    pen.fillStyle = "#1c1f24";
    pen.beginPath();
    pen.arc(ex + 0.1 * r * dx, ey + 0.1 * r * dy, 0.13 * r, 0, 7);
    pen.fill();
  }
}

/** Points that can be picked, and the ways of those that are through their chapter: from a ring to a square, a dot where they are now. */

import { face } from "./heads.js";

/**
 * @typedef {import("./layers.js").Plane} Plane
 * @typedef {{at: ArrayLike<number>, color: string}} Guess where another array has the same points now
 * @typedef {{way: ArrayLike<number>[], passed: number, places: ArrayLike<number>, guesses: Guess[], plane: Plane, paper: string, ink: string, color: (i: number) => string}} Ways
 * `way` has the array of every frame of the chapter, the first `passed` of them up to now
 */

/** The point within reach of a place of the stage, or -1. @param {ArrayLike<number>} at @param {import("./layers.js").Plane} plane @param {number} x @param {number} y @param {number} reach */
export function nearest(at, plane, x, y, reach) {
  let [best, least] = [-1, reach ** 2];
  for (let i = 0; i < at.length; i += 2) {
    const distance = (plane.x(at[i]) - x) ** 2 + (plane.y(at[i + 1]) - y) ** 2;
    if (distance <= least) [best, least] = [i / 2, distance];
  }
  return best;
}

/** @param {CanvasRenderingContext2D} pen @param {number[]} picked @param {Ways} ways */
export function drawWays(pen, picked, ways) {
  const { places, guesses, plane, paper } = ways;
  const place = (/** @type {ArrayLike<number>} */ at, /** @type {number} */ i) => /** @type {[number, number]} */ ([plane.x(at[2 * i]), plane.y(at[2 * i + 1])]);
  pen.lineJoin = pen.lineCap = "round";
  for (const i of picked) {
    if (2 * i >= places.length) continue;
    const color = ways.color(i);
    const corners = ways.way.map((at) => place(at, i));
    const now = place(places, i);
    line(pen, corners, paper, 6, 0.85);
    line(pen, [now, ...corners.slice(ways.passed)], color, 2.4, 0.6);
    line(pen, [...corners.slice(0, ways.passed), now], color, 3, 1);
    mark(pen, corners[0], "round", 4.5, paper, color);
    mark(pen, corners[corners.length - 1], "square", 4.5, paper, color);
    for (const { at, color: own } of guesses) {
      const guess = place(at, i);
      line(pen, [now, guess], paper, 4, 0.85);
      line(pen, [now, guess], own, 1.6, 1);
      mark(pen, guess, "round", 5, own, paper);
    }
    mark(pen, now, "round", 6.5, color, ways.ink);
    number(pen, String(i), now, ways);
  }
  pen.lineCap = "butt";
}

/** @param {CanvasRenderingContext2D} pen @param {[number, number][]} corners @param {string} color @param {number} width @param {number} alpha */
function line(pen, corners, color, width, alpha) {
  pen.globalAlpha = alpha;
  pen.strokeStyle = color;
  pen.lineWidth = width;
  pen.beginPath();
  for (const [x, y] of corners) pen.lineTo(x, y);
  pen.stroke();
  pen.globalAlpha = 1;
}

/** @param {CanvasRenderingContext2D} pen @param {[number, number]} at @param {"round" | "square"} shape @param {number} r @param {string} inside @param {string} edge */
function mark(pen, [x, y], shape, r, inside, edge) {
  pen.beginPath();
  if (shape === "round") pen.arc(x, y, r, 0, 7);
  else pen.rect(x - r, y - r, 2 * r, 2 * r);
  pen.fillStyle = inside;
  pen.fill();
  pen.strokeStyle = edge;
  pen.lineWidth = 2;
  pen.stroke();
}

/** @param {CanvasRenderingContext2D} pen @param {string} text @param {[number, number]} at @param {Ways} ways */
function number(pen, text, [x, y], { paper, ink, plane }) {
  pen.font = face(13, 650);
  pen.textAlign = x > plane.width - 50 ? "right" : "left";
  const [left, base] = [x + (x > plane.width - 50 ? -10 : 10), Math.max(14, y - 8)];
  pen.strokeStyle = paper;
  pen.lineWidth = 4;
  pen.strokeText(text, left, base);
  pen.fillStyle = ink;
  pen.fillText(text, left, base);
}

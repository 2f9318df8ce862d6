/** What fills the cells of a world: values, what each action is worth, visits, traces; and what their colours mean. */

import { MOVES, css, part, rangeOf, short, triangle } from "./cells-layout.js";
import { beside, each, numbered, path, tintOf, write } from "./cells-pen.js";
import { covers } from "./cells-signs.js";
import { number } from "./format.js";

/** @typedef {import("./cells-pen.js").Work} Work */

/** V as colour. @param {Work} work */
export function values(work) {
  const { pen, job, place } = work;
  const { data } = job.frame.arrays[job.layer.array];
  const range = rangeOf([...job.before, job.frame], job.layer.array);
  scale(work, range);
  each(work, (i, x, y) => {
    pen.fillStyle = css(work.tint(part(data[i], range)));
    pen.fillRect(x, y, place.cell, place.cell);
  });
}

/** Q in the four triangles of a cell. @param {Work} work */
export function triangles(work) {
  const { pen, job, letters, place } = work;
  const { data } = job.frame.arrays[job.layer.array];
  const range = rangeOf([...job.before, job.frame], job.layer.array);
  scale(work, range);
  const size = Math.min(18, place.cell * 0.215);
  each(work, (i, x, y, row, column) => {
    if (covers(letters[i])) return;
    const best = Math.max(...data.subarray(4 * i, 4 * i + 4));
    MOVES.forEach(([dx, dy], action) => {
      const value = data[4 * i + action];
      const ground = work.tint(part(value, range));
      pen.fillStyle = css(ground);
      path(pen, triangle(place, row, column, action));
      pen.fill();
      if (numbered(work)) write(work, short(value), x + place.cell * (0.5 + 0.3 * dx), y + place.cell * (0.5 + 0.34 * dy), size, work.ink(ground), value === best ? 750 : 450);
    });
    pen.globalAlpha = work.alpha * 0.35;
    pen.strokeStyle = job.token("edge");
    pen.lineWidth = 0.75;
    for (const [dx, dy] of [[1, 1], [1, -1]]) path(pen, [[x + place.cell * (0.5 - dx / 2), y + place.cell * (0.5 - dy / 2)], [x + place.cell * (0.5 + dx / 2), y + place.cell * (0.5 + dy / 2)]]), pen.stroke();
    pen.globalAlpha = work.alpha;
  });
}

/** How often each cell was visited. @param {Work} work */
export function heat(work) {
  const { pen, job, place } = work;
  const { data } = job.frame.arrays[job.layer.array];
  const most = Math.max(1, ...data);
  scale(work, [0, most]);
  each(work, (i, x, y) => {
    pen.fillStyle = css(work.tint(part(data[i], [0, most])));
    pen.fillRect(x, y, place.cell, place.cell);
  });
}

/** How much of the next error each pair of state and action will learn. @param {Work} work */
export function traces(work) {
  const { pen, job, letters, place, alpha } = work;
  const { data } = job.frame.arrays[job.layer.array];
  const most = Math.max(1e-6, ...data);
  pen.fillStyle = job.token(job.layer.color);
  each(work, (i, _x, _y, row, column) => {
    if (covers(letters[i])) return;
    for (let action = 0; action < 4; action++) {
      if (data[4 * i + action] < 0.005 * most) continue;
      pen.globalAlpha = alpha * 0.9 * (data[4 * i + action] / most) ** 0.5;
      path(pen, triangle(place, row, column, action));
      pen.fill();
    }
  });
  pen.globalAlpha = alpha;
}

/** What the colours mean, beside the world where there is room. @param {Work} work @param {[number, number]} range */
function scale({ pen, job, place, tint }, [low, high]) {
  const [left, side] = [place.left + place.columns * place.cell + 16, 150];
  if (job.plane.width - left < 52 || (!low && !high)) return;
  const top = place.top + place.rows * place.cell - side - 6;
  const ends = [high, low].filter(Boolean).concat(low && high ? [] : [0]).sort((a, b) => b - a);
  for (let y = 0; y < side; y++) {
    pen.fillStyle = css(tint(part(ends[0] + (y / (side - 1)) * (ends[1] - ends[0]), [low, high])));
    pen.fillRect(left, top + y, 12, 1.5);
  }
  pen.strokeStyle = job.token("edge");
  pen.lineWidth = 1;
  pen.strokeRect(left - 0.5, top - 0.5, 13, side + 1);
  pen.fillStyle = job.token("soft");
  pen.font = "500 14px system-ui, sans-serif";
  pen.textAlign = "left";
  pen.textBaseline = "middle";
  ends.forEach((value, i) => pen.fillText(number(value), left + 19, top + i * side + (i ? -4 : 5)));
}

/** The numbers of what fills the cells by one value each. @param {Work} work */
export function written(work) {
  const { job, letters, place } = work;
  const layer = job.others.find(({ draw }) => draw === "values" || draw === "heat");
  if (!layer) return;
  const { data } = job.frame.arrays[layer.array];
  const tint = tintOf(layer, job.token);
  const range = layer.draw === "heat" ? /** @type {[number, number]} */ ([0, Math.max(1, ...data)]) : rangeOf([...job.before, job.frame], layer.array);
  each(work, (i, x, y) => {
    if (covers(letters[i]) || (layer.draw === "heat" && !data[i])) return;
    write(work, short(data[i]), x + place.cell / 2, y + place.cell * (beside(work, "arrows") ? 0.71 : 0.52), Math.min(22, place.cell * 0.3), work.ink(tint(part(data[i], range))), 650);
  });
}

/** Bars of one frame, as plotly takes them: a name a row, the series beside each other. Knows no document. */

import { number } from "./format.js";
import { literal, shortened, shown } from "./tokens.js";

/**
 * @typedef {import("./wire.js").Frame} Frame
 * @typedef {import("./charts.js").Chart} Chart
 */

const WIDE = /[\u1100-\u11ff\u2e80-\uffef]|\p{Extended_Pictographic}/gu;

/** The width of a text in letters: what is Chinese takes two. @param {string} text */
const letters = (text) => text.length + (text.match(WIDE)?.length ?? 0);

/** The names of a frame's bars, as they can be read. @param {Frame} frame @param {Chart} chart @returns {string[]} */
export function namesOf(frame, { names, series, longest = 14 }) {
  const n = frame.arrays[series[0].metric]?.shape[0] ?? 0;
  return Array.from({ length: n }, (_, i) => shortened(shown(frame.texts?.[names]?.[i] ?? String(i + 1)), longest, letters));
}

/** Space for the names, in CSS pixels. @param {string[]} names */
export const margin = (names) => 18 + 7.2 * Math.max(2, ...names.map(letters));

/**
 * Bars lie, so that names can be read, the first on top. A second run's stand under the same names and are half ink.
 * @param {Frame[]} frames the first run's and the second's @param {Chart} chart @param {(name: string) => string} token the colours of site.css
 */
export function bars(frames, chart, token) {
  const names = namesOf(frames[0], chart);
  const rows = [...names];
  const traces = frames.flatMap((frame, k) => {
    const own = namesOf(frame, chart).map((name, i) => (k ? rowOf(rows, name) : i));
    return chart.series.flatMap(({ metric, color, reference }) => {
      const heights = frame.arrays[metric]?.data;
      if (!heights) return [];
      const marker = { color: token(color), opacity: reference ? 0.45 : 1, line: { width: 0 }, ...(k ? { pattern: { shape: "/", size: 6, solidity: 0.35, fgcolor: token("ink") } } : {}) };
      return [{ type: "bar", orientation: "h", x: Array.from(heights), y: own, marker, text: Array.from(heights, (value) => number(value)), textposition: "outside", textfont: { color: token("soft"), size: 11 }, textangle: 0, constraintext: "none", cliponaxis: false }];
    });
  });
  return { rows, traces, axis: { tickmode: "array", ticks: "outside", ticklen: 6, tickcolor: "rgba(0,0,0,0)", tickvals: rows.map((_, i) => i), ticktext: rows.map(literal), range: [-0.5, rows.length - 0.5] } };
}

/** The row of a name, a new one where it has none. @param {string[]} rows @param {string} name */
function rowOf(rows, name) {
  const found = rows.indexOf(name);
  return found < 0 ? rows.push(name) - 1 : found;
}

/** The end of the axis for all frames of a chapter, so that it keeps still. @param {Frame[]} frames @param {Chart} chart */
export function end(frames, { series }) {
  let most = 0;
  for (const { arrays } of frames) for (const { metric } of series) for (const value of arrays[metric]?.data ?? []) most = Math.max(most, value);
  return 1.12 * most || 1;
}

/** What is looked at in a world of cells: numbers in them, one that was chosen, the walk by hand in fog. The link keeps it. Knows no document. */

import { partOf, withPart } from "./view.js";

/**
 * @typedef {[number, number]} Cell row and column
 * @typedef {{pointed: Cell | null, chosen: Cell | null, numbers: boolean, play: boolean}} Grid `pointed` is the cell under the pointer,
 * `numbers` whether values are written into the cells, `play` whether the world is walked by hand
 */

const FORM = /^(numbers)?,?(play)?,?(?:(\d{1,3}),(\d{1,3}))?$/;

/** The look that a page's address asks for. @param {string} search @returns {Grid} */
export function gridOf(search) {
  const [, numbers, play, row, column] = FORM.exec(partOf(search, "c")) ?? [];
  return { pointed: null, chosen: row === undefined ? null : [Number(row), Number(column)], numbers: Boolean(numbers), play: Boolean(play) };
}

/** An address's query that keeps this look, beside what else its `view` keeps. @param {string} search @param {Grid} grid */
export function withGrid(search, { chosen, numbers, play }) {
  return withPart(search, "c", [...(numbers ? ["numbers"] : []), ...(play ? ["play"] : []), ...(chosen ?? [])].join(","));
}

/** The cell that is meant in a world of this size: the one under the pointer, else the chosen one. @param {Grid} grid @param {{rows: number, columns: number}} world @returns {Cell | null} */
export function meant({ pointed, chosen }, { rows, columns }) {
  return [pointed, chosen].find((cell) => cell && cell[0] < rows && cell[1] < columns) ?? null;
}

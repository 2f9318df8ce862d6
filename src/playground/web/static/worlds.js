/** Worlds of cells: the two short texts a run takes, and what a hand does to them. Knows no document.
 *
 * A world's text is its rows joined by "/", a letter a cell; the rewards' is "row,column=value" joined by ";".
 */

/** @typedef {{rows: number, columns: number, letters: string[], rewards: Map<number, number>}} World `rewards` of painted cells, by their number row by row */

const START = "S";
const FLOOR = "F";

/** null for what is no world: no rows, rows of unlike length, letters that are not known. @param {string} text @param {string} rewards @param {string} known letters @returns {World | null} */
export function read(text, rewards, known) {
  const lines = text.split("/");
  const columns = lines[0].length;
  if (!columns || lines.some((line) => line.length !== columns || [...line].some((letter) => !known.includes(letter)))) return null;
  const world = { rows: lines.length, columns, letters: lines.flatMap((line) => [...line]), rewards: new Map() };
  for (const part of rewards.split(";").filter(Boolean)) {
    const [, row, column, value] = /^(\d+),(\d+)=(-?\d*\.?\d+)$/.exec(part) ?? [];
    if (row !== undefined && Number(row) < world.rows && Number(column) < columns) world.rewards.set(Number(row) * columns + Number(column), Number(value));
  }
  return world;
}

/** @param {World} world @returns {{world: string, rewards: string}} */
export function write({ rows, columns, letters, rewards }) {
  const lines = Array.from({ length: rows }, (_, row) => letters.slice(row * columns, (row + 1) * columns).join(""));
  const painted = [...rewards].sort(([a], [b]) => a - b);
  return { world: lines.join("/"), rewards: painted.map(([i, value]) => `${Math.floor(i / columns)},${i % columns}=${value}`).join(";") };
}

/** @param {World} world @returns {World} */
export const copy = ({ letters, rewards, ...size }) => ({ ...size, letters: [...letters], rewards: new Map(rewards) });

/** A letter in a cell; the start is one, so it moves; the only start can't be painted over. Walls and plain floor have no reward. @param {World} world @param {number} cell @param {string} letter */
export function put(world, cell, letter) {
  if (world.letters[cell] === START) return;
  if (letter === START) world.letters[world.letters.indexOf(START)] = FLOOR;
  world.letters[cell] = letter;
  if (letter === "W" || letter === FLOOR) world.rewards.delete(cell);
}

/** A reward in a cell: 0, too, as a goal that pays nothing. @param {World} world @param {number} cell @param {number} value */
export function reward(world, cell, value) {
  if (world.letters[cell] !== "W") world.rewards.set(cell, value);
}

/** With other numbers of rows and columns, from the top left; new cells are floor, a start that is cut off moves to the nearest cell that is left. @param {World} world @param {number} rows @param {number} columns @returns {World} */
export function resized(world, rows, columns) {
  const cells = Array.from({ length: rows * columns }, (_, i) => [Math.floor(i / columns), i % columns]);
  const old = cells.map(([row, column]) => (row < world.rows && column < world.columns ? row * world.columns + column : -1));
  const letters = old.map((i) => (i < 0 ? FLOOR : world.letters[i]));
  const made = { rows, columns, letters, rewards: new Map(old.flatMap((i, cell) => (world.rewards.has(i) ? [[cell, /** @type {number} */ (world.rewards.get(i))]] : []))) };
  if (world.letters.includes(START) && !letters.includes(START)) {
    const start = world.letters.indexOf(START);
    letters[Math.min(rows - 1, Math.floor(start / world.columns)) * columns + Math.min(columns - 1, start % world.columns)] = START;
  }
  return made;
}

/** Floor everywhere but for start and goals. @param {World} world @returns {World} */
export const cleared = (world) => ({ ...world, letters: world.letters.map((letter) => (letter === START || letter === "G" ? letter : FLOOR)), rewards: new Map() });

/** The cells on a straight way, both ends among them. @param {World} world @param {number} from @param {number} to @returns {number[]} */
export function between({ columns }, from, to) {
  const [r0, c0, r1, c1] = [Math.floor(from / columns), from % columns, Math.floor(to / columns), to % columns];
  const steps = Math.max(Math.abs(r1 - r0), Math.abs(c1 - c0), 1);
  const way = Array.from({ length: steps + 1 }, (_, i) => Math.round(r0 + ((r1 - r0) * i) / steps) * columns + Math.round(c0 + ((c1 - c0) * i) / steps));
  return [...new Set(way)];
}

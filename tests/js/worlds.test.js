import assert from "node:assert/strict";
import { test } from "node:test";
import { dice, MOST, Walk } from "../../src/playground/web/static/byhand.js";
import { cellAt, contrast, legibleOn, middle, mixed, MOVES, part, placeOf, rgbOf, short, triangle } from "../../src/playground/web/static/cells-layout.js";
import { linesOf, shown } from "../../src/playground/web/static/equation.js";
import { between, cleared, copy, put, read, resized, reward, write } from "../../src/playground/web/static/worlds.js";

const LETTERS = "FWSGHCILDRU123";
const lake = () => /** @type {any} */ (read("SFFF/FHFH/FFFH/HFFG", "1,2=-0.5;0,3=2", LETTERS));

test("a world's texts are read and written back, rewards in the order of their cells", () => {
  assert.deepEqual(write(lake()), { world: "SFFF/FHFH/FFFH/HFFG", rewards: "0,3=2;1,2=-0.5" });
  assert.equal(lake().rewards.get(6), -0.5);
  for (const text of ["", "SF/F", "SX/FG", "S☃/FG"]) assert.equal(read(text, "", LETTERS), null, text);
  assert.deepEqual(write(/** @type {any} */ (read("SG/FF", "9,9=1;0,0=x;1,1=3", LETTERS))).rewards, "1,1=3", "what lies outside is no reward");
});

test("there is always one start: it moves, and nothing is painted over it", () => {
  const world = lake();
  put(world, 5, "S");
  assert.equal(world.letters.filter((/** @type {string} */ letter) => letter === "S").length, 1);
  assert.equal(world.letters[0], "F");
  put(world, 5, "W");
  assert.equal(world.letters[5], "S");
});

test("walls and plain floor earn nothing, a reward of 0 is one", () => {
  const world = lake();
  put(world, 6, "W");
  assert.equal(write(world).rewards, "0,3=2");
  reward(world, 6, 5);
  reward(world, 15, 0);
  put(world, 3, "F");
  assert.equal(write(world).rewards, "3,3=0");
});

test("a copy is one's own", () => {
  const [world, other] = [lake(), copy(lake())];
  put(world, 1, "W");
  reward(world, 1, 3);
  assert.deepEqual(write(other), write(lake()));
});

test("another size keeps what lies inside, with its rewards, and never loses the start", () => {
  assert.deepEqual(write(resized(lake(), 3, 5)), { world: "SFFFF/FHFHF/FFFHF", rewards: "0,3=2;1,2=-0.5" });
  const world = lake();
  put(world, 15, "S");
  assert.equal(write(resized(world, 3, 3)).world, "FFF/FHF/FFS");
  assert.equal(write(cleared(lake())).world, "SFFF/FFFF/FFFF/FFFG");
});

test("a stroke leaves no gap: each cell touches the one before", () => {
  const world = resized(lake(), 20, 17);
  for (const [from, to] of [[0, 339], [5, 5], [339, 3], [20, 36]]) {
    const way = between(world, from, to);
    assert.equal(way[0], from);
    assert.equal(way.at(-1), to);
    for (let i = 1; i < way.length; i++) assert.ok(Math.max(Math.abs(Math.floor(way[i] / 17) - Math.floor(way[i - 1] / 17)), Math.abs((way[i] % 17) - (way[i - 1] % 17))) === 1);
  }
});

test("a world lies on the stage whole, in squares, and every cell is found under its middle", () => {
  for (const [width, height] of [[740, 450], [358, 358], [180, 225], [1090, 640]])
    for (const [rows, columns] of [[3, 3], [10, 10], [4, 12], [20, 20], [20, 3]]) {
      const place = placeOf(width, height, rows, columns);
      assert.ok(place.left >= 0 && place.top >= 0 && place.left + columns * place.cell <= width && place.top + rows * place.cell <= height);
      for (const i of [0, columns - 1, rows * columns - 1]) assert.equal(cellAt(place, ...middle(place, Math.floor(i / columns), i % columns)), i);
      assert.equal(cellAt(place, place.left - 1, place.top + 1), -1);
    }
});

test("the triangles of the four actions tile a cell, each on its own side", () => {
  const place = placeOf(200, 200, 2, 2);
  const area = (/** @type {[number, number][]} */ [[a, b], [c, d], [e, f]]) => Math.abs((c - a) * (f - b) - (e - a) * (d - b)) / 2;
  const all = [0, 1, 2, 3].map((action) => triangle(place, 1, 1, action));
  assert.equal(all.map(area).reduce((a, b) => a + b), place.cell ** 2);
  all.forEach((points, action) => {
    const [x, y] = middle(place, 1, 1);
    const [cx, cy] = [0, 1].map((k) => points.reduce((sum, point) => sum + point[k], 0) / 3);
    assert.deepEqual([Math.sign(Math.round(cx - x)), Math.sign(Math.round(cy - y))], MOVES[action], "left, down, right, up");
  });
});

test("colours: nothing is nothing, both ends are full, and a word can always be read", () => {
  assert.deepEqual([part(0, [-5, 2]), part(2, [-5, 2]), part(-5, [-5, 2]), part(1, [0, 0])], [0, 1, -1, 0]);
  assert.ok(part(0.1, [0, 1]) < part(0.2, [0, 1]));
  for (const [fill, up, down] of [["#f2f0ea", "#0072b2", "#c0392b"], ["#262a31", "#56b4e9", "#ef6a5a"]].map((all) => all.map(rgbOf)))
    for (const end of [up, down])
      for (let share = 0; share <= 0.66; share += 0.06) {
        const ground = mixed(fill, end, share);
        assert.ok(contrast(ground, legibleOn(ground)) >= 4.5, `${ground} ${contrast(ground, legibleOn(ground))}`);
      }
});

test("values in cells are short", () => {
  assert.deepEqual([0, 0.951, -0.3, 1, 12.34, -100, 0.001, 3.25, 0.999, -0.001].map((value) => short(value)), ["0", ".95", "−.3", "1", "12", "−100", "0", "3.3", "1", "0"]);
});

/** FrozenLake's ground without ice, by hand: row by row. @param {number[]} aside */
function rules(aside = []) {
  const world = lake();
  const [next, pay, ends] = [[], [], []].map(() => /** @type {number[]} */ ([]));
  for (let i = 0; i < 16; i++) {
    ends.push(Number("HG".includes(world.letters[i])));
    for (const [dx, dy] of MOVES) {
      const [row, column] = [Math.min(3, Math.max(0, Math.floor(i / 4) + dy)), Math.min(3, Math.max(0, (i % 4) + dx))];
      next.push(row, column);
      pay.push(world.letters[4 * row + column] === "G" ? 1 : 0);
    }
  }
  return { next, pay, aside: aside.length ? aside : Array(16).fill(0), ends, letters: world.letters, rows: 4, columns: 4, start: 0 };
}

test("by hand: the way to the goal pays once, discounted, and there it ends", () => {
  const walk = new Walk(rules(), dice(1), 0.9);
  for (const action of [1, 1, 2, 1, 2, 2]) walk.step(action);
  assert.deepEqual([walk.at, walk.over, walk.steps], [15, true, 6]);
  assert.ok(Math.abs(walk.total - 0.9 ** 5) < 1e-12);
  walk.step(0);
  assert.equal(walk.steps, 6, "over is over");
});

test("by hand: only what lies beside one is seen, and no walk is without end", () => {
  const walk = new Walk(rules(), dice(1), 1);
  assert.deepEqual([...walk.seen].sort((a, b) => a - b), [0, 1, 4, 5]);
  for (let i = 0; i < MOST + 5; i++) walk.step(0);
  assert.deepEqual([walk.steps, walk.over, walk.at], [MOST, true, 0]);
});

test("by hand: on ice each of the three ways comes a third of the time", () => {
  const random = dice(7);
  const came = [0, 0, 0, 0];
  for (let i = 0; i < 6000; i++) {
    const walk = new Walk({ ...rules(Array(16).fill(1 / 3)), start: 9 }, random, 1);
    walk.step(2);
    came[[8, 13, 10, 5].indexOf(walk.at)]++;
  }
  assert.equal(came[0], 0, "never back");
  for (const times of came.slice(1)) assert.ok(Math.abs(times - 2000) < 150, String(came)); // 4 standard deviations
});

test("the lines of an update add up, whatever the agent looks ahead to", () => {
  const metrics = { old: 0.52, reward: -1, gamma: 0.9, best_next: 0.7, alpha: 0.5 };
  const target = metrics.reward + metrics.gamma * metrics.best_next;
  const all = { ...metrics, target, td_error: target - metrics.old, new: metrics.old + metrics.alpha * (target - metrics.old) };
  for (const numbers of [all, { ...all, best_next: /** @type {any} */ (undefined), target: -1, td_error: -1.52, new: 0.52 - 0.76 }])
    for (const { parts } of linesOf(numbers)) {
      const text = parts.map((one) => (one in numbers ? `(${/** @type {any} */ (numbers)[one]})` : /** @type {any} */ ({ "×": "*", "−": "-", "=": "-" })[one] ?? one)).join("");
      assert.ok(Math.abs(Function(`return ${text}`)()) < 1e-9, `left and right of ${parts.join(" ")}`);
    }
});

test("where no part of the surprise is learnt by rule, the new value stands alone", () => {
  const lines = linesOf({ old: 0.5, reward: 0, gamma: 0.9, best_next: 0.7, target: 0.63, td_error: 0.13, new: 0.51 });
  assert.deepEqual(lines.map(({ parts }) => parts.length), [7, 5, 1]);
});

test("numbers of an equation", () => {
  assert.deepEqual([0, 1, -100, 0.5, 0.123456, -0.0004567, 123.456].map((value) => shown(value)), ["0", "1", "−100", "0.5", "0.123", "−0.00046", "123.5"]);
});

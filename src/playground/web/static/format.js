/** Numbers and sentences for the reader. */

/**
 * Three significant digits, or thousands set apart for whole numbers.
 * @param {number} value
 * @param {number} [decimals] a fixed number of decimals instead
 */
export function number(value, decimals) {
  if (!Number.isFinite(value)) return "–";
  if (decimals !== undefined) return value.toFixed(decimals).replace(/^-(0(\.0*)?)$/, "$1").replace("-", "−");
  if (Number.isInteger(value)) return value.toLocaleString("en").replace("-", "−");
  const digits = Math.abs(value) >= 1000 ? value.toFixed(0) : Number(value.toPrecision(3)).toString();
  return digits.replace("-", "−");
}

/**
 * Fill "{name}" and "{name:2}" (two decimals) with values; "{a/b:1}" is a quotient, "{a:%}" a share in
 * percent. A name without a value becomes "–".
 * @param {string} template
 * @param {Record<string, any>} values
 */
export function fill(template, values) {
  return template.replace(/\{(\w+)(?:\/(\w+))?(?::(\d|%))?\}/g, (_, name, over, decimals) => {
    const value = over ? values[name] / values[over] : values[name];
    if (typeof value === "string") return value;
    if (decimals === "%") return `${number(100 * value, 1).replace(/\.0$/, "")}%`;
    return number(Number(value), decimals === undefined ? undefined : Number(decimals));
  });
}

/** Fill a sentence about a frame: with its texts, its metrics, which come first, its step, and what else is given. @param {string} template @param {import("./wire.js").Frame} frame @param {Record<string, string | number>} [more] */
export function about(template, { metrics, texts, step }, more = {}) {
  const said = Object.fromEntries(Object.entries(texts ?? {}).map(([name, parts]) => [name, parts.join(" ")]));
  return fill(template, { ...said, ...metrics, ...more, step });
}

/** Seconds as a student reads them. @param {number} seconds */
export function duration(seconds) {
  return seconds < 10 ? Math.max(1, Math.round(seconds)).toString() : (Math.round(seconds / 5) * 5).toString();
}

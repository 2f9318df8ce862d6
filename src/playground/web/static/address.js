/** A page's address: the run's parameters and the page's own words, read and written. Knows no document. */

/**
 * @typedef {{name: string, default: any, type?: string, enum?: any[]}} Field
 * @typedef {{fields: Field[], reserved: string[], longest?: number}} Names `longest` query in bytes that a page is opened with
 */

/** Whether a name of the address is the page's own or Gradio's, and no parameter. @param {string} name @param {Names} names */
const own = (name, { reserved }) => reserved.includes(name) || name.startsWith("__");

/** An address as it was before mail and chat programs had it in their hands. @param {string} search */
export function mended(search) {
  const text = search.replace(/^\?{2,}/, "?").replaceAll("&amp;", "&");
  if (text.includes("=") || !/%3D/i.test(text)) return text;
  try {
    return decodeURIComponent(text); // encoded once more, as a whole
  } catch {
    return text;
  }
}

/**
 * The run's part of an address, defaults left out: one query a run. What is no parameter is left out too: others lengthen links by
 * parameters of their own. A parameter that stands there twice counts once.
 * @param {string} search @param {Names} names
 */
export function queryOf(search, { fields }) {
  const pairs = new URLSearchParams();
  for (const [name, value] of new URLSearchParams(search)) {
    const field = fields.find((each) => each.name === name);
    if (field && !pairs.has(name)) pairs.set(name, bare(value, field));
  }
  for (const { name, default: value } of fields) if (pairs.get(name) === String(value)) pairs.delete(name);
  return pairs.toString();
}

/** A number or a choice without the full stop or the bracket of the sentence that its link stood in. @param {string} value @param {Field} field */
const bare = (value, { type, enum: options }) => ((type === "string" && !options) || options?.includes(value) ? value : value.replace(/[\s\p{P}]+$/u, ""));

/** The query of parameters, defaults left out. @param {Record<string, any>} params @param {Names} names */
export function queryFrom(params, { fields }) {
  const pairs = new URLSearchParams();
  for (const { name, default: value } of fields) if (String(params[name]) !== String(value)) pairs.set(name, String(params[name]));
  return pairs.toString();
}

/** An address with the run that a page opens on, where it names none itself. @param {string} search @param {Record<string, any>} preset @param {Names} names */
export function opening(search, preset, names) {
  if (queryOf(search, names)) return search;
  return changed(search, Object.fromEntries(Object.entries(preset).map(([name, value]) => [name, String(value)])));
}

/** The frame an address asks for. @param {string} search @returns {number | null} */
export function frameOf(search) {
  const at = new URLSearchParams(search).get("at");
  return at === null ? null : Math.max(0, Number.parseInt(at, 10) || 0);
}

/** What an address says of the run's last frame. @param {string} search @returns {string | null} */
export function fingerprintOf(search) {
  return new URLSearchParams(search).get("fp");
}

/** What a second run beside this one differs in, as an address says it. @param {string} search @returns {string | null} */
export function vsOf(search) {
  return new URLSearchParams(search).get("vs") || null;
}

/** The query of a run with some parameters changed. @param {string} query @param {Record<string, string>} changes */
export function changed(query, changes) {
  const pairs = new URLSearchParams(query);
  for (const [name, value] of Object.entries(changes)) pairs.set(name, value);
  return pairs.toString();
}

/**
 * The address that shows this run at this frame: every parameter, also a default that may change one day, unless that makes it too long.
 * @param {string} search as it is now @param {{query: string, params: Record<string, any>}} run
 * @param {number} at @param {Names} names @param {{vs?: string | null, fp?: string | null}} [said] the second run beside it, and
 * the run's fingerprint, which another run has not
 */
export function address(search, run, at, names, { vs = null, fp = null } = {}) {
  const short = new URLSearchParams(run.query); // long texts stand packed in it
  const pairs = new URLSearchParams();
  for (const { name } of names.fields) {
    const value = short.get(name) ?? String(run.params[name]);
    if (value !== "") pairs.set(name, value);
  }
  for (const [name, value] of new URLSearchParams(search)) if (own(name, names) && !["v", "vs", "fp"].includes(name)) pairs.set(name, value);
  if (vs) pairs.set("vs", vs);
  pairs.set("at", String(at));
  if (fp !== null) pairs.set("fp", fp);
  if (`${pairs}`.length > (names.longest ?? Infinity)) for (const { name, default: value } of names.fields) if (pairs.get(name) === String(value)) pairs.delete(name);
  return `?${pairs}`;
}

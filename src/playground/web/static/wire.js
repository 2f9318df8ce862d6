/** A run on the wire: NDJSON lines in, frames out. */

/**
 * @typedef {{data: Float32Array | Int16Array | Uint8Array, shape: number[]}} Tensor
 * @typedef {{step: number, phase: string, metrics: Record<string, number>, texts: Record<string, string[]>, arrays: Record<string, Tensor>}} Frame
 */

/** @type {Float32Array | undefined} */
let halves;

/** Every half-precision number, by its bits: one look-up a number. */
function halfTable() {
  if (halves) return halves;
  halves = new Float32Array(65536);
  for (let bits = 0; bits < 65536; bits++) {
    const sign = bits >> 15 ? -1 : 1;
    const exponent = (bits >> 10) & 31;
    const fraction = bits & 1023;
    if (exponent === 0) halves[bits] = sign * 2 ** -14 * (fraction / 1024);
    else if (exponent === 31) halves[bits] = fraction ? NaN : sign * Infinity;
    else halves[bits] = sign * 2 ** (exponent - 15) * (1 + fraction / 1024);
  }
  return halves;
}

/** @param {string} text @returns {Uint8Array<ArrayBuffer>} */
function fromBase64(text) {
  const native = /** @type {any} */ (Uint8Array).fromBase64; // ten times faster, in browsers since 2025
  if (native) return native.call(Uint8Array, text);
  const raw = atob(text);
  const bytes = new Uint8Array(raw.length);
  for (let i = 0; i < raw.length; i++) bytes[i] = raw.charCodeAt(i);
  return bytes;
}

/** @param {{dtype: string, shape: number[], bdata: string}} spec @returns {Tensor} */
export function tensor({ dtype, shape, bdata }) {
  const bytes = fromBase64(bdata);
  if (dtype === "u1") return { data: bytes, shape };
  if (dtype === "i2") return { data: new Int16Array(bytes.buffer), shape };
  if (dtype === "f4") return { data: new Float32Array(bytes.buffer), shape };
  const [table, bits] = [halfTable(), new Uint16Array(bytes.buffer)];
  const data = new Float32Array(bits.length);
  for (let i = 0; i < bits.length; i++) data[i] = table[bits[i]];
  return { data, shape };
}

/**
 * The lines of a streamed answer, as they arrive. Throws Lost when the connection breaks.
 * @param {ReadableStream<Uint8Array>} body
 * @returns {AsyncGenerator<any>}
 */
export async function* lines(body) {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  /** @type {string[]} */
  let parts = [];
  for (;;) {
    const { done, value } = await reader.read().catch((error) => {
      throw error.name === "AbortError" ? error : new Lost(error.message);
    });
    if (done) break;
    const pieces = decoder.decode(value, { stream: true }).split("\n");
    parts.push(pieces[0]);
    for (let i = 1; i < pieces.length; i++) {
      const line = parts.join("");
      parts = [pieces[i]];
      if (line) yield JSON.parse(line);
    }
  }
}

/** Gives frames their arrays back: one that was left off is the one before. */
export class FrameReader {
  /** @type {Record<string, Tensor>} */
  known = {};

  /** @param {any} line @returns {Frame} */
  read(line) {
    this.known = { ...this.known };
    for (const [name, spec] of Object.entries(line.arrays)) this.known[name] = tensor(/** @type {any} */ (spec));
    return { step: line.step, phase: line.phase, metrics: line.metrics, texts: line.texts, arrays: this.known };
  }
}

/** This page among all that the server sees: it may have so many unfinished runs. Made up at random, and gone with the page. */
export const TAB = [...crypto.getRandomValues(new Uint8Array(12))].map((byte) => byte.toString(16).padStart(2, "0")).join("");

/** The server can't be reached, or the connection broke. */
export class Lost extends TypeError {}

/** What the server refused, in the reader's language. */
export class Refusal extends Error {
  /** Seconds after which another try makes sense; null where none does. @type {number | null} */
  after = null;

  /** @param {{field: string, code?: string, en: string, zh: string}[]} errors @param {"en" | "zh"} lang @param {Record<string, string>} [names] of the fields, for the reader */
  constructor(errors, lang, names = {}) {
    const colon = lang === "zh" ? "：" : ": ";
    super(errors.map((error) => (names[error.field] ? names[error.field] + colon : "") + error[lang]).join(" "));
    this.errors = errors;
  }
}

/** The address of a path of our site, which a proxy may have put below a prefix: the page knows the way to the site's root. @param {string} path */
export const ours = (path) => (document.documentElement.dataset.root ?? "") + path;

/**
 * Fetch from our server, or throw a Refusal with its own sentence, Lost where there is no server.
 * @param {string} url its path on the site @param {"en" | "zh"} lang @param {AbortSignal} [signal]
 */
export async function answer(url, lang, signal) {
  const response = await fetch(ours(url), { signal, headers: { "X-Tab": TAB } }).catch((error) => {
    throw signal?.aborted ? error : new Lost(error.message);
  });
  if (response.ok) return response;
  const type = response.headers.get("content-type") ?? "";
  const body = type.includes("json") ? await response.json() : {};
  const refusal = new Refusal(body.errors ?? (body.error ? [body.error] : [{ field: "", en: `The server answered ${response.status}.`, zh: `服务器返回了 ${response.status}。` }]), lang);
  if ([502, 503, 504].includes(response.status)) refusal.after = Number(response.headers.get("retry-after")) || 3; // 502, 504: what stands before a server that restarts
  throw refusal;
}

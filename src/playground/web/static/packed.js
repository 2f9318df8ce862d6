/** Long texts of a query, deflated as the server does it (playground/params.py), so that a page of Chinese fits a link. Knows no document. */

const PACKED = "~"; // marks deflate + base64url
const PLAIN_BYTES = 200; // what is shorter stays readable

/** A query of texts as they are, with the long ones packed, and those that begin with the mark. @param {string} query */
export async function packed(query) {
  const pairs = new URLSearchParams(query);
  for (const [name, value] of [...pairs]) pairs.set(name, await pack(value));
  return pairs.toString();
}

/** @param {string} text @returns {Promise<string>} the text itself where it is short, or where the browser can't deflate */
export async function pack(text) {
  const bytes = new TextEncoder().encode(text);
  if ((bytes.length <= PLAIN_BYTES && !text.startsWith(PACKED)) || !globalThis.CompressionStream) return text;
  const deflated = await new Response(new Blob([bytes]).stream().pipeThrough(new CompressionStream("deflate"))).arrayBuffer();
  const binary = Array.from(new Uint8Array(deflated), (byte) => String.fromCharCode(byte)).join("");
  return PACKED + btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

/** @param {string} text @returns {Promise<string>} rejected where it is no packed text */
export async function unpack(text) {
  if (!text.startsWith(PACKED)) return text;
  const bytes = Uint8Array.from(atob(text.slice(1).replaceAll("-", "+").replaceAll("_", "/")), (char) => char.charCodeAt(0));
  return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"))).text();
}

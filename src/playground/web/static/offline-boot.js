/** A file without network is opened: its page appears in the reader's language; what the file carries is unpacked and started. */
(() => {
  const asked = new URLSearchParams(location.search).get("lang") || document.documentElement.dataset.lang || navigator.language;
  const lang = asked.startsWith("zh") ? "zh" : "en";
  document.documentElement.lang = lang === "zh" ? "zh-CN" : "en";
  const page = /** @type {HTMLTemplateElement} */ (document.getElementById(`page-${lang}`)).content.cloneNode(true);
  document.currentScript?.before(page);

  /** A part of the file. @param {string} id */
  function unpack(id) {
    const packed = document.getElementById(id)?.textContent ?? "";
    const native = /** @type {any} */ (Uint8Array).fromBase64; // ten times faster, in browsers since 2025
    const bytes = native ? native.call(Uint8Array, packed) : Uint8Array.from(atob(packed), (char) => char.charCodeAt(0));
    return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip")));
  }

  /** Modules find each other by an import map: next to a file from a disk, browsers fetch none. */
  async function start() {
    const { texts, addresses } = await unpack("program").json();
    for (const [name, { type, text }] of Object.entries(texts)) addresses[name] = URL.createObjectURL(new Blob([text], { type }));
    const map = document.createElement("script");
    map.type = "importmap";
    map.textContent = JSON.stringify({ imports: Object.fromEntries(Object.entries(addresses).map(([name, address]) => [`playground/${name}`, address])) });
    document.head.append(map);
    (await import(addresses["offline.js"])).open(unpack);
  }

  /** Too old a browser, or half a file. */
  const unable = () => document.querySelector(".unable")?.removeAttribute("hidden");
  const able = "DecompressionStream" in globalThis && "toSorted" in Array.prototype && HTMLScriptElement.supports?.("importmap");
  addEventListener("DOMContentLoaded", () => (able ? start().catch(unable) : unable()));
})();

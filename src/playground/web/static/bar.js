/** The browser's address bar. */

/**
 * Write an address, if it is another than the one that stands there.
 * A browser may refuse (Safari a hundred in ten seconds, others an address of a file): then the page goes on without.
 * @param {string} url @param {boolean} [push] as a new entry of the history
 * @returns {boolean} whether the bar now says it
 */
export function writeAddress(url, push = false) {
  if (new URL(url, location.href).href === location.href) return true;
  try {
    if (push) history.pushState(null, "", url);
    else history.replaceState(history.state, "", url);
    return true;
  } catch {
    return false;
  }
}

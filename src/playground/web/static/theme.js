/** Light or dark, before anything is painted: what the address asks, what the reader chose, what the system says. */
(() => {
  let kept = null;
  try {
    kept = localStorage.getItem("playground:theme");
  } catch {
    // a frame of another origin may have no storage
  }
  const asked = new URLSearchParams(location.search).get("__theme");
  const system = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
  const theme = asked === "dark" || asked === "light" ? asked : (kept ?? system);
  document.documentElement.dataset.theme = theme;
  document.body.classList.toggle("dark", theme === "dark");
  addEventListener("beforeprint", () => document.body.classList.remove("dark")); // on paper light, what is drawn as well
  addEventListener("afterprint", () => document.body.classList.toggle("dark", document.documentElement.dataset.theme === "dark"));
})();

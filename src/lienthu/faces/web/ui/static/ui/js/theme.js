// Loaded as a plain blocking script in <head>: a module would run after the first paint and flash the other theme.
(() => {
  const KEY = "lienthu.theme";
  const root = document.documentElement;
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const PAPER = { light: "#faf6ec", dark: "#171511" };

  const stored = () => {
    try { return localStorage.getItem(KEY); } catch { return null; } // storage may be forbidden
  };
  const system = () => (dark.matches ? "dark" : "light");
  const current = () => root.dataset.theme || system();

  function apply(theme) {
    if (theme === "light" || theme === "dark") root.dataset.theme = theme;
    else delete root.dataset.theme;
    for (const meta of document.querySelectorAll('meta[name="theme-color"]')) {
      meta.content = theme ? PAPER[theme] : PAPER[meta.media.includes("dark") ? "dark" : "light"];
    }
    for (const button of document.querySelectorAll("[data-theme-switch]")) {
      button.hidden = false;
      button.setAttribute("aria-pressed", String(current() === "dark"));
    }
  }

  // Choosing what the system already has means: follow the system again.
  function toggle() {
    const wanted = current() === "dark" ? "light" : "dark";
    const choice = wanted === system() ? null : wanted;
    try {
      if (choice) localStorage.setItem(KEY, choice);
      else localStorage.removeItem(KEY);
    } catch { /* the choice then lasts as long as the page */ }
    apply(choice);
  }

  apply(stored());
  document.addEventListener("DOMContentLoaded", () => apply(stored()));
  document.addEventListener("click", (event) => {
    if (event.target.closest?.("[data-theme-switch]")) toggle();
  });
  document.addEventListener("htmx:after:swap", () => apply(root.dataset.theme ?? null));
  window.addEventListener("storage", (event) => { if (event.key === KEY) apply(stored()); });
  dark.addEventListener("change", () => apply(stored()));
})();

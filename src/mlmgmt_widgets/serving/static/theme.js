// Light or dark before anything is painted: what was chosen here, else what the system says.
(() => {
  const system = matchMedia("(prefers-color-scheme: dark)");
  const read = () => { try { return localStorage.getItem("mlmgmt-theme"); } catch { return null; } };
  const show = () => {
    const dark = (read() ?? (system.matches ? "dark" : "light")) === "dark";
    document.body.dataset.jpThemeLight = String(!dark);
    document.body.dataset.jpThemeName = dark ? "JupyterLab Dark" : "JupyterLab Light";
    document.documentElement.style.colorScheme = dark ? "dark" : "light";
    const button = document.getElementById("theme");
    button?.setAttribute("aria-pressed", String(dark));
  };
  // Whoever follows a join link is here to answer: the other pages step back.
  if (/[#&]join=/.test(location.hash)) document.body.dataset.guest = "";
  show();
  system.addEventListener("change", show);
  addEventListener("storage", show);
  document.addEventListener("DOMContentLoaded", show);
  // On a phone the row of pages scrolls, and this page's own entry has to be in sight: at once, since the rest of the
  // page arrives only when its kernel has started.
  const reveal = () => {
    const here = document.querySelector(".page-header [aria-current]");
    if (here) here.parentElement.scrollLeft = here.offsetLeft - here.parentElement.offsetLeft - (here.parentElement.clientWidth - here.offsetWidth) / 2;
    else if (document.readyState === "loading") requestAnimationFrame(reveal);
  };
  reveal();
  document.addEventListener("click", (event) => {
    if (!event.target.closest?.("#theme")) return;
    const dark = document.body.dataset.jpThemeLight === "false";
    try { localStorage.setItem("mlmgmt-theme", dark ? "light" : "dark"); } catch { /* for this page only */ }
    document.body.dataset.jpThemeLight = String(dark);
    if (read()) show();
  });
})();

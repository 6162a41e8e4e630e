// Runs before the first paint, so that a chosen theme does not flash. A file of its own: the page's policy allows no inline script.
(function () {
  var chosen = null;
  try { chosen = localStorage.getItem("callsheet.theme"); } catch (e) { /* private window: follow the system */ }
  var dark = chosen === "dark" || (chosen !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
  var root = document.documentElement;
  root.dataset.theme = dark ? "dark" : "light";
  root.dataset.mantineColorScheme = dark ? "dark" : "light";
  root.style.colorScheme = dark ? "dark" : "light";
})();

// Runs before the first paint, so that no page flashes white on its way to dark. A file of its own because the content
// security policy allows no inline script. The app reads and writes the same key: see src/state/theme.ts.
(() => {
  let choice = 'system';
  try {
    choice = localStorage.getItem('parley.theme') ?? 'system';
  } catch {
    // Storage may be forbidden; the system's choice then stands.
  }
  const dark = choice === 'dark' || (choice !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches);
  document.documentElement.dataset.bsTheme = dark ? 'dark' : 'light';
})();

// Runs before the first paint, so that no page flashes white on its way to dark, and nothing moves into place afterwards.
// A file of its own because the content security policy allows no inline script. The app reads and writes the same keys:
// see src/state/theme.ts, accent.ts and looks.ts.
(() => {
  const grounds = { light: 'light', dark: 'dark', contrast: 'dark', dusk: 'dark', meadow: 'light' };
  const page = document.documentElement;
  const kept = (key) => {
    try {
      return localStorage.getItem(`parley.${key}`);
    } catch {
      // Storage may be forbidden; what the system wants then stands.
      return null;
    }
  };
  const more = matchMedia('(prefers-contrast: more)').matches;
  const dark = matchMedia('(prefers-color-scheme: dark)').matches;
  const choice = kept('theme');
  const theme = Object.hasOwn(grounds, choice ?? '') ? choice : more ? 'contrast' : dark ? 'dark' : 'light';
  page.dataset.bsTheme = grounds[theme];
  page.dataset.theme = theme;
  page.dataset.density = kept('density') === 'compact' ? 'compact' : 'roomy';
  page.dataset.messages = kept('messages') === 'bubbles' ? 'bubbles' : 'lines';
  try {
    const paint = JSON.parse(kept('accent.paint') ?? 'null');
    if (paint?.theme === theme)
      for (const [name, value] of Object.entries(paint.own)) page.style.setProperty(name, value);
  } catch {
    // Not ours; the app paints it anew.
  }
})();

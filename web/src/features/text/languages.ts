interface Language {
  name: string;
  /** Other words people write after the fence. */
  also?: readonly string[];
}

/** What is coloured; grammars.ts has a grammar for each. */
const LANGUAGES: Record<string, Language> = {
  bash: { name: 'Shell', also: ['sh', 'shell', 'zsh', 'console'] },
  c: { name: 'C', also: ['h'] },
  cpp: { name: 'C++', also: ['c++', 'cc', 'cxx', 'hpp'] },
  csharp: { name: 'C#', also: ['cs', 'c#'] },
  css: { name: 'CSS' },
  dart: { name: 'Dart' },
  diff: { name: 'Diff', also: ['patch'] },
  dockerfile: { name: 'Dockerfile', also: ['docker'] },
  elixir: { name: 'Elixir', also: ['ex', 'exs'] },
  go: { name: 'Go', also: ['golang'] },
  haskell: { name: 'Haskell', also: ['hs'] },
  ini: { name: 'INI', also: ['toml', 'cfg', 'conf'] },
  java: { name: 'Java' },
  javascript: { name: 'JavaScript', also: ['js', 'jsx', 'mjs'] },
  json: { name: 'JSON', also: ['jsonc'] },
  kotlin: { name: 'Kotlin', also: ['kt'] },
  latex: { name: 'LaTeX', also: ['tex'] },
  lua: { name: 'Lua' },
  makefile: { name: 'Makefile', also: ['make', 'mk'] },
  markdown: { name: 'Markdown', also: ['md'] },
  nginx: { name: 'nginx' },
  nix: { name: 'Nix' },
  perl: { name: 'Perl', also: ['pl'] },
  php: { name: 'PHP' },
  powershell: { name: 'PowerShell', also: ['ps1'] },
  python: { name: 'Python', also: ['py'] },
  r: { name: 'R' },
  ruby: { name: 'Ruby', also: ['rb'] },
  rust: { name: 'Rust', also: ['rs'] },
  scala: { name: 'Scala' },
  scss: { name: 'SCSS', also: ['sass'] },
  sql: { name: 'SQL', also: ['postgres', 'psql', 'mysql', 'sqlite'] },
  swift: { name: 'Swift' },
  typescript: { name: 'TypeScript', also: ['ts', 'tsx'] },
  xml: { name: 'HTML, XML', also: ['html', 'xhtml', 'svg', 'vue'] },
  yaml: { name: 'YAML', also: ['yml'] },
};

const ids = new Map<string, string>();
for (const [id, { also }] of Object.entries(LANGUAGES)) for (const word of [id, ...(also ?? [])]) ids.set(word, id);

/** The id of a language by any of its words; undefined: none that is known. */
export function languageId(word: string): string | undefined {
  return ids.get(word);
}

/** What a language is called in print: an unknown one as it was written. */
export function languageName(word: string): string {
  return LANGUAGES[ids.get(word) ?? '']?.name ?? word;
}

/** For its test. */
export const allIds: readonly string[] = Object.keys(LANGUAGES);

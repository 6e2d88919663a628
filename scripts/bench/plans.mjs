// Takes the plans of search's statements out of a log of PostgreSQL with auto_explain: the slowest and one of each kind.
import { readFileSync } from 'node:fs';

const text = readFileSync(0, 'utf8');
const KINDS = [
  ['Names, days and stems', /'messages', 0/],
  ['All messages of few rooms', /FROM chat\.members o JOIN chat\.search/],
  ['The newest messages', /LIMIT 8000\) s/],
  ['The index', /s\.tokens @@/],
];
const plans = text.split(/^(?=.*LOG:\s+duration: )/m).filter((part) => part.includes('Query Text:'));
for (const [name, mark] of KINDS) {
  const of_kind = plans
    .filter((part) => mark.test(part))
    .map((part) => ({ ms: Number(/duration: ([\d.]+) ms/.exec(part)?.[1] ?? 0), part }))
    .sort((a, b) => a.ms - b.ms);
  if (of_kind.length === 0) continue;
  console.log(`### ${name}\n\n${of_kind.length} statements, slowest ${of_kind.at(-1).ms.toFixed(1)} ms.\n`);
  const shown = new Set([of_kind[Math.floor(of_kind.length / 2)], of_kind.at(-1)]);
  for (const { ms, part } of shown) {
    // From the plan's first line on; a log line begins with a time, a line of the plan with a tab or spaces.
    const lines = part.split('\n').slice(1);
    const from = lines.findIndex((line) => /\(cost=/.test(line));
    const body = lines.slice(from).filter((line) => /^\S*\s*\t|^\s/.test(line) || /\(cost=/.test(line));
    const cut = body.map((line) => line.replace(/^\S+ (?=\t)/, '').replace(/^\t/, '').slice(0, 200));
    console.log(`${ms.toFixed(1)} ms\n\n\`\`\`\n${cut.join('\n').trimEnd()}\n\`\`\`\n`);
  }
}

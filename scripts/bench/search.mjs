// Asks what `./parley bench search` measures, over HTTP, one question at a time.
//   register URL FILE         makes the two people, writes their tokens to FILE, prints their ids
//   ask URL FILE ROUNDS       asks each query that often, prints a table; exit code 1 when a median is over the promise
import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';

const PROMISE_MS = 200;
const PASSWORD = 'correct horse battery';
const QUERIES = [
  ['a very frequent word', 'the'],
  ['a frequent word', 'meeting'],
  ['a rare word', 'quetzalcoatl'],
  ['two words', 'deploy branch'],
  ['a frequent and a rare word', 'the quetzalcoatl'],
  ['a phrase', '"the meeting"'],
  ['a phrase that nobody wrote', '"the of quetzalcoatl"'],
  ['frequent words that never follow each other', '"the and the of the"'],
  ['part of a word, frequent', 'ment'],
  ['part of a word, rare', 'zalco'],
  ['part of a word, not there', 'entworkzzq'],
  ['two letters, frequent', 'er'],
  ['two letters, rare', 'qz'],
  ['two Chinese characters, frequent', '我们'],
  ['two Chinese characters, rare', '鳳凰'],
  ['two Japanese characters', '会議'],
  ['two Korean syllables', '회의'],
  ['one Chinese character', '凰'],
  ['accents left out', 'reunion'],
  ['from:', 'server from:person7'],
  ['from: somebody who writes little', 'server from:person499'],
  ['in:', 'server in:room-500'],
  ['before:', 'deploy before:2025-01-01'],
  ['before: and after:', 'deploy after:2025-01-01 before:2025-01-08'],
  ['from: in: before:', 'the from:person2 in:room-1 before:2026-01-01'],
  ['without a word', 'deploy -the'],
  ['has:link', 'has:link deploy'],
  ['has:code, rare word', 'has:code quetzalcoatl'],
  ['nothing found', 'xqjzkwv'],
];

async function call(url, path, options = {}) {
  const answer = await fetch(`${url}/api/v1${path}`, options);
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${text}`);
  return JSON.parse(text);
}

async function login(url, how, username) {
  return call(url, `/auth/${how}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: url },
    body: JSON.stringify({ username, password: PASSWORD }),
  });
}

async function register(url, file) {
  const people = {};
  for (const name of ['reader', 'guest']) {
    const username = `${name}${randomBytes(3).toString('hex')}`;
    const { user } = await login(url, 'register', username);
    people[name] = username;
    process.stdout.write(`${user.id} `);
  }
  process.stdout.write('\n');
  writeFileSync(file, JSON.stringify(people));
}

function quantile(sorted, q) {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))];
}

async function ask(url, file, rounds) {
  const people = JSON.parse(readFileSync(file, 'utf8'));
  const rows = ['| who | query | found | median ms | p99 ms |', '|---|---|---|---|---|'];
  let kept = true;
  for (const [who, said] of [['reader', 'in 1,000 rooms'], ['guest', 'in 5 rooms']]) {
    const { access_token } = await login(url, 'login', people[who]);
    const search = (q, sort) =>
      call(url, `/search?q=${encodeURIComponent(q)}&sort=${sort}`, { headers: { authorization: `Bearer ${access_token}` } });
    const kinds = QUERIES.map(([kind, q]) => [kind, q, 'new']);
    kinds.push(['best first, frequent', 'meeting', 'best'], ['best first, very frequent', 'the', 'best'], ['best first, rare', 'zalco', 'best']);
    for (const [kind, q, sort] of kinds) {
      const times = [];
      let answer;
      for (let round = 0; round < rounds; round++) {
        const began = performance.now();
        answer = await search(q, sort);
        times.push(performance.now() - began);
      }
      times.sort((a, b) => a - b);
      const median = quantile(times, 0.5);
      kept &&= median < PROMISE_MS;
      const found = `${answer.hits.length}${answer.complete ? '' : '+'}${answer.cut ? ', cut' : ''}`;
      rows.push(`| ${said} | ${kind}: \`${q}\` | ${found} | ${median.toFixed(1)}${median < PROMISE_MS ? '' : ' (!)'} | ${quantile(times, 0.99).toFixed(1)} |`);
    }
  }
  console.log(rows.join('\n'));
  console.log(`\n${kept ? 'Kept' : 'Not kept'}: every median under ${PROMISE_MS} ms.`);
  return kept ? 0 : 1;
}

const [mode, url, file, rounds] = process.argv.slice(2);
if (mode === 'register') await register(url, file);
else process.exitCode = await ask(url, file, Number(rounds));

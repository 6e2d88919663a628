import { expect, test } from 'vitest';
import { wordFinder } from './keywords';

test.each([
  ['deploy', 'Deploy is done', true],
  ['deploy', 'when do we DEPLOY?', true],
  ['deploy', '**deploy**, _deploy_', true],
  ['deploy', 'redeploy', false],
  ['deploy', 'deployment', false],
  ['deploy', 'redeploy, then deploy', true],
  ['deploy', 'deploy2', false],
  ['on call', 'who is On Call today', true],
  ['c++', 'we write C++ here', true],
  ['c++', 'c', false],
  ['straße', 'in der STRASSE', true],
  ['οδος', 'Η ΟΔΟΣ', true],
  ['резюме', 'моё Резюме.', true],
  ['резюме', 'резюмета', false],
  ['é', 'cafe\u0301', false],
  ['café', 'CAFE\u0301!', true],
  ['cafe', 'cafe\u0301', false],
  ['リリース', '明日リリースします', true],
  ['CI', 'CIが落ちた', true],
  ['ci', 'cities', false],
  ['東京', '東京都', true],
  ['배포', '배포 완료', true],
  ['ngày', 'NGÀY mai', true],
  ['हिंदी', 'यह हिंदी है', true],
  ['ab', 'abab ab', true],
])('%s in "%s": %s', (word, text, found) => {
  expect(wordFinder([word])(text)).toBe(found);
});

test('of no words, and of empty ones, nothing is found', () => {
  expect(wordFinder([])('anything')).toBe(false);
  expect(wordFinder([' '])('any thing')).toBe(false);
});

test('fifty words in a long text cost next to nothing', () => {
  const find = wordFinder(Array.from({ length: 50 }, (_, at) => `word${at}`));
  expect(find(`${'words '.repeat(2_700)}word49`)).toBe(true);
});

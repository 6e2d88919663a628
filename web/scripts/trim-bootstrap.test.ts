import { expect, test } from 'vitest';
import { trim } from './trim-bootstrap.ts';

const used = (name: string): boolean => ['btn', 'p-2', 'w-1/2'].includes(name);

test.each([
  ['.btn{a:b}.alert{a:b}', '.btn{a:b}'],
  ['.alert,.btn:hover,h1{a:b}', '.btn:hover,h1{a:b}'],
  ['.btn .alert{a:b}', ''],
  [':root{--x:url("data:a;{}b")}', ':root{--x:url("data:a;{}b")}'],
  ['@media (min-width:1px){.alert{a:b}.btn{c:d}}', '@media (min-width:1px){.btn{c:d}}'],
  ['@media print{.alert{a:b}}', ''],
  ['@keyframes x{to{a:b}}', '@keyframes x{to{a:b}}'],
  ['@charset "utf-8";.p-2{a:b}', '@charset "utf-8";.p-2{a:b}'],
  ['.w-1\\/2{a:b}', '.w-1\\/2{a:b}'],
  [':is(.btn,.p-2)>a{a:b}', ':is(.btn,.p-2)>a{a:b}'],
])('%s becomes %s', (css, left) => {
  expect(trim(css, used)).toBe(left);
});

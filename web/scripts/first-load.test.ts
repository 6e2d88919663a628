import { expect, test } from 'vitest';
import { firstLoad } from './first-load.ts';

const importers: Record<string, string[]> = {
  'index.html': [],
  'main.ts': ['index.html'],
  'shell.ts': ['main.ts'],
  'icon.ts': ['shell.ts', 'settings.ts'],
  'settings.ts': [],
  'field.ts': ['settings.ts'],
  'one.ts': ['field.ts', 'other.ts'],
  'other.ts': ['one.ts'],
};
const modules = {
  getModuleInfo: (id: string) => ({ isEntry: id === 'index.html', importers: importers[id] ?? [] }),
};

test('what the entry imports, directly or not, is one chunk', () => {
  expect(['main.ts', 'shell.ts', 'icon.ts'].map((id) => firstLoad(id, modules))).toEqual(['first', 'first', 'first']);
});

test('what only a screen of later imports is none of it, in a circle neither', () => {
  expect(['settings.ts', 'field.ts', 'one.ts', 'other.ts'].map((id) => firstLoad(id, modules))).toEqual([
    null,
    null,
    null,
    null,
  ]);
});

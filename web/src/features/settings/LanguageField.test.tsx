// @vitest-environment happy-dom
import { i18n } from '@lingui/core';
import { act, cleanup, fireEvent, render, screen, waitFor } from '@testing-library/react';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { useStore } from '@/state/context';
import { chooseLanguage, LANGUAGES, language } from '@/state/language';
import { LanguageField } from './LanguageField';

const load = vi.fn(
  async (): Promise<Record<string, string>> => ({ Language: 'Lingvo', 'Match system': 'Kiel la sistemo' }),
);
const table = LANGUAGES as unknown as Record<string, unknown>;

/** As app/App.tsx has it. */
function Tree() {
  return <LanguageField key={useStore(language)} />;
}

beforeEach(async () => {
  table.eo = { name: 'Esperanto', dir: 'rtl', load };
  localStorage.clear();
  await chooseLanguage('en');
  render(<Tree />);
});
afterEach(async () => {
  cleanup();
  await chooseLanguage('en');
  delete table.eo;
});

async function choose(code: string): Promise<HTMLSelectElement> {
  await act(async () => fireEvent.change(screen.getByRole('combobox'), { target: { value: code } }));
  // Its words are fetched, and those of errors.
  await waitFor(() => expect(screen.getByRole('combobox').getAttribute('aria-busy')).toBe('false'));
  return screen.getByRole<HTMLSelectElement>('combobox');
}

test('each language is offered by its own name, as what it is', () => {
  const option = screen.getByRole('option', { name: 'Esperanto' });
  expect(option.getAttribute('lang')).toBe('eo');
  expect(option.getAttribute('dir')).toBe('rtl');
  expect(screen.getByRole('option', { name: 'Match system' })).toBeTruthy();
});

test('the one that is chosen is spoken at once, written where it is read, and kept; the field keeps the focus', async () => {
  screen.getByRole('combobox').focus();
  const select = await choose('eo');
  expect(screen.getByLabelText('Lingvo')).toBe(select);
  expect(select.value).toBe('eo');
  expect(document.activeElement).toBe(select);
  expect([document.documentElement.lang, document.documentElement.dir]).toEqual(['eo', 'rtl']);
  expect(localStorage.getItem('parley.language')).toBe('eo');
  await choose('en');
  expect(screen.getByLabelText('Language')).toBeTruthy();
});

test('words that cannot be fetched change nothing, which is said', async () => {
  load.mockRejectedValueOnce(new TypeError('offline'));
  const select = await choose('eo');
  expect(screen.getByRole('alert').textContent).toBe('The words of this language could not be fetched. Try again.');
  expect(select.value).toBe('en');
  expect(i18n.locale).toBe('en');
  await choose('eo');
  expect(screen.queryByRole('alert')).toBeNull();
  expect(screen.getByLabelText('Lingvo')).toBeTruthy();
});

// @vitest-environment happy-dom
import { cleanup, fireEvent, render, screen } from '@testing-library/react';
import { useState } from 'react';
import { afterEach, expect, test } from 'vitest';
import { Tabs } from './Tabs';

afterEach(() => {
  cleanup();
  document.documentElement.dir = '';
});

const TABS = [
  { key: 'open', name: 'Open' },
  { key: 'settled', name: 'Settled' },
  { key: 'all', name: 'All' },
] as const;

function Some() {
  const [on, setOn] = useState<(typeof TABS)[number]['key']>('open');
  return <Tabs label="Which" tabs={TABS} on={on} onChoose={setOn} panel="part" />;
}

test('the arrows go through tabs, round and round, and one takes the Tab key', () => {
  render(<Some />);
  const tab = (name: string): HTMLElement => screen.getByRole('tab', { name });
  const on = (name: string): void => {
    expect(document.activeElement).toBe(tab(name));
    for (const { name: one } of TABS) {
      expect(tab(one).getAttribute('aria-selected')).toBe(String(one === name));
      expect(tab(one).tabIndex).toBe(one === name ? 0 : -1);
    }
  };
  tab('Open').focus();
  fireEvent.keyDown(tab('Open'), { key: 'ArrowRight' });
  on('Settled');
  fireEvent.keyDown(tab('Settled'), { key: 'End' });
  on('All');
  fireEvent.keyDown(tab('All'), { key: 'ArrowRight' });
  on('Open');
  fireEvent.keyDown(tab('Open'), { key: 'ArrowLeft' });
  on('All');
});

test('the arrows point where the next tab is, also from right to left', () => {
  document.documentElement.dir = 'rtl';
  render(<Some />);
  fireEvent.keyDown(screen.getByRole('tab', { name: 'Open' }), { key: 'ArrowLeft' });
  expect(document.activeElement).toBe(screen.getByRole('tab', { name: 'Settled' }));
});

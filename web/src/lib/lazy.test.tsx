// @vitest-environment happy-dom
import { render, screen } from '@testing-library/react';
import { expect, test } from 'vitest';
import { Lazy, useLazy } from './lazy';

test('what comes between a drawing and its effects is shown', async () => {
  const lazy = new Lazy(async () => 'here');
  let reads = 0;
  Object.defineProperty(lazy, 'value', { get: () => (reads++ === 0 ? undefined : 'here') });
  const Shows = () => <p>{useLazy(lazy) ?? 'on its way'}</p>;
  render(<Shows />);
  expect(await screen.findByText('here')).toBeTruthy();
});

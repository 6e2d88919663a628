// @vitest-environment happy-dom
import { renderHook } from '@testing-library/react';
import { expect, test } from 'vitest';
import { useLatestOnly } from './useLatestOnly';

test('the newer request ends the older one, and the end of the component the last', () => {
  const { result, unmount } = renderHook(useLatestOnly);
  const first = result.current();
  const second = result.current();
  expect([first.aborted, second.aborted]).toEqual([true, false]);
  unmount();
  expect(second.aborted).toBe(true);
});

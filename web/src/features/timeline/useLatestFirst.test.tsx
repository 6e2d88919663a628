// @vitest-environment happy-dom
import { cleanup, renderHook, waitFor } from '@testing-library/react';
import { afterEach, expect, test } from 'vitest';
import type { Row } from './rows';
import { useLatestFirst } from './useLatestFirst';

afterEach(cleanup);

const row = (at: number, kind: 'day' | 'message' = 'message'): Row => ({ kind, key: `${kind} ${at}` }) as Row;
/** Fifty rows of one day, and of another. */
const ROWS = [row(0, 'day'), ...Array.from({ length: 50 }, (_, at) => row(at)), row(1, 'day'), row(50)];

test('the last rows are first, below their day, and all of them when these were painted', async () => {
  const { result } = renderHook(() => useLatestFirst(ROWS, false));
  expect(result.current.whole).toBe(false);
  expect(result.current.shown[0]).toBe(ROWS[0]);
  expect(result.current.shown.slice(1)).toEqual(ROWS.slice(-32));
  await waitFor(() => expect(result.current).toEqual({ shown: ROWS, whole: true }));
});

test('rows that come late have their turn from when they are there', async () => {
  const { result, rerender } = renderHook(({ rows }) => useLatestFirst(rows, false), {
    initialProps: { rows: [] as Row[] },
  });
  rerender({ rows: ROWS });
  expect(result.current.whole).toBe(false);
  await waitFor(() => expect(result.current.whole).toBe(true));
});

test('who begins elsewhere, and a room of a few rows, wait for nothing', () => {
  expect(renderHook(() => useLatestFirst(ROWS, true)).result.current.shown).toBe(ROWS);
  const few = ROWS.slice(0, 30);
  expect(renderHook(() => useLatestFirst(few, false)).result.current.shown).toBe(few);
});

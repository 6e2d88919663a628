// @vitest-environment happy-dom
import { cleanup, fireEvent, render, screen, waitFor } from '@testing-library/react';
import { useRef, useState } from 'react';
import { afterEach, describe, expect, test } from 'vitest';
import { useKeepFocus } from './useKeepFocus';

afterEach(cleanup);

function List() {
  const list = useRef<HTMLUListElement>(null);
  const [rows, setRows] = useState(['one', 'two', 'three']);
  const [busy, setBusy] = useState(false);
  useKeepFocus(list, 'li');
  return (
    <>
      <button type="button" onClick={() => setBusy(!busy)}>
        Busy
      </button>
      <ul ref={list}>
        {rows.map((row) => (
          <li key={row}>
            <button type="button" disabled={busy} onClick={() => setRows(rows.filter((one) => one !== row))}>
              Drop {row}
            </button>
          </li>
        ))}
      </ul>
    </>
  );
}

const drop = (row: string): HTMLElement => screen.getByRole('button', { name: `Drop ${row}` });

describe('a list whose rows go', () => {
  test('gives the focus to the row that came in the place of another, at the end to the last', async () => {
    render(<List />);
    for (const [row, next] of [
      ['two', 'three'],
      ['three', 'one'],
    ] as const) {
      drop(row).focus();
      fireEvent.click(drop(row));
      await waitFor(() => expect(document.activeElement).toBe(drop(next)));
    }
    fireEvent.click(drop('one'));
    await waitFor(() => expect(document.activeElement).toBe(screen.getByRole('list')));
  });

  test('leaves the focus to whoever has gone elsewhere', async () => {
    render(<List />);
    drop('two').focus();
    screen.getByRole('button', { name: 'Busy' }).focus();
    fireEvent.click(drop('two'));
    await waitFor(() => expect(screen.getAllByRole('listitem')).toHaveLength(2));
    expect(document.activeElement).toBe(screen.getByRole('button', { name: 'Busy' }));
  });
});

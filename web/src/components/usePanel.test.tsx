// @vitest-environment happy-dom
import { cleanup, fireEvent, render, screen } from '@testing-library/react';
import { useRef, useState } from 'react';
import { afterEach, expect, test } from 'vitest';
import { usePanel } from './usePanel';

afterEach(cleanup);

function Panel({ onClose }: { onClose: () => void }) {
  const panel = useRef<HTMLElement>(null);
  usePanel(panel, onClose);
  return (
    <aside ref={panel}>
      <button type="button" onClick={onClose}>
        Close
      </button>
    </aside>
  );
}

function Screen() {
  const [open, setOpen] = useState(false);
  return (
    <>
      <button type="button" onClick={() => setOpen(true)}>
        Open
      </button>
      <button type="button">Elsewhere</button>
      {open && <Panel onClose={() => setOpen(false)} />}
    </>
  );
}

test('a panel that goes gives the focus back, if it had it', () => {
  render(<Screen />);
  const button = (name: string): HTMLElement => screen.getByRole('button', { name });
  for (const last of ['Close', 'Elsewhere']) {
    button('Open').focus();
    fireEvent.click(button('Open'));
    button(last).focus();
    fireEvent.click(button('Close'));
    expect(document.activeElement).toBe(button(last === 'Close' ? 'Open' : 'Elsewhere'));
  }
});

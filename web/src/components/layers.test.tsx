// @vitest-environment happy-dom
import { cleanup, fireEvent, render, screen } from '@testing-library/react';
import type { FormEvent } from 'react';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { Dialog } from './Dialog';
import { Floating } from './Floating';

afterEach(cleanup);

const AT = { left: 0, top: 0, right: 10, bottom: 10 };
const still = (event: FormEvent): void => event.preventDefault();

describe('what floats', () => {
  test('belongs to no form around it: what is sent in it does not send that', () => {
    const outer = vi.fn(still);
    const inner = vi.fn(still);
    render(
      <form onSubmit={outer}>
        <Floating label="When" anchor={AT} onClose={() => {}}>
          <form onSubmit={inner}>
            <button type="submit">Take</button>
          </form>
        </Floating>
      </form>,
    );
    const button = screen.getByText<HTMLButtonElement>('Take');
    expect(button.closest('form')?.parentElement?.closest('form')).toBeNull();
    fireEvent.submit(button.closest('form') as HTMLFormElement);
    expect(inner).toHaveBeenCalledOnce();
    expect(outer).not.toHaveBeenCalled();
  });
});

describe('a dialog', () => {
  const open = (firm: boolean): { dialog: HTMLElement; close: ReturnType<typeof vi.fn> } => {
    const close = vi.fn();
    render(
      <Dialog title="New" onClose={close} firm={firm}>
        <p>words</p>
      </Dialog>,
    );
    return { dialog: screen.getByText('words').closest('dialog') as HTMLElement, close };
  };
  test('closes on a press beside it, and not when words are selected out of it', () => {
    const { dialog, close } = open(false);
    fireEvent.pointerDown(screen.getByText('words'));
    fireEvent.click(dialog);
    expect(close).not.toHaveBeenCalled();
    fireEvent.pointerDown(dialog);
    fireEvent.click(dialog);
    expect(close).toHaveBeenCalledOnce();
  });
  test('that holds what would be lost stays', () => {
    const { dialog, close } = open(true);
    fireEvent.pointerDown(dialog);
    fireEvent.click(dialog);
    expect(close).not.toHaveBeenCalled();
  });
  test('keeps its Escape from what it was opened in', () => {
    const panel = vi.fn();
    render(
      // biome-ignore lint/a11y/noStaticElementInteractions: stands for a panel.
      <div onKeyDown={panel}>
        <Dialog title="New" onClose={() => {}}>
          <p>words</p>
        </Dialog>
      </div>,
    );
    fireEvent.keyDown(screen.getByText('words'), { key: 'Escape' });
    expect(panel).not.toHaveBeenCalled();
    fireEvent.keyDown(screen.getByText('words'), { key: 'a' });
    expect(panel).toHaveBeenCalledOnce();
  });
});

// @vitest-environment happy-dom
import { act, cleanup, render } from '@testing-library/react';
import { type Ref, useImperativeHandle } from 'react';
import { afterEach, expect, test } from 'vitest';
import { settled, soon } from './soon';

afterEach(cleanup);

interface Handle {
  name: string;
}

function named(name: string) {
  return function Named({ ref }: { ref?: Ref<Handle> }) {
    useImperativeHandle(ref, () => ({ name }), []);
    return <p>{name}</p>;
  };
}

test('what stands in the place of what is fetched has the handle until that is there, and not a moment longer', async () => {
  settled.set(true);
  let come = (): void => {};
  const Early = named('early');
  const Late = named('late');
  const Shown = soon(
    () =>
      new Promise<typeof Late>((resolve) => {
        come = () => resolve(Late);
      }),
    Early,
  );
  const handle: { current: Handle | null } = { current: null };
  const { container } = render(<Shown ref={handle} />);
  expect(container.textContent).toBe('early');
  expect(handle.current?.name).toBe('early');
  await act(async () => come());
  expect(container.textContent).toBe('late');
  expect(handle.current?.name).toBe('late');
  // From now on it is there at once.
  cleanup();
  const again: { current: Handle | null } = { current: null };
  expect(render(<Shown ref={again} />).container.textContent).toBe('late');
  expect(again.current?.name).toBe('late');
});

test('it is there in the moment in which it is fetched, so that nothing begins in between', async () => {
  let come = (): void => {};
  const Late = named('late');
  const Shown = soon(
    () =>
      new Promise<typeof Late>((resolve) => {
        come = () => resolve(Late);
      }),
    named('early'),
  );
  const { container } = render(<Shown />);
  come();
  // No task, only what follows in this one: an event of the browser's cannot come before.
  for (let n = 0; n < 10; n++) await Promise.resolve();
  expect(container.textContent).toBe('late');
});

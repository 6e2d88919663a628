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

// @vitest-environment happy-dom
import { act, cleanup, render } from '@testing-library/react';
import { Suspense } from 'react';
import { afterEach, expect, test } from 'vitest';
import { notice } from '@/state/notice';
import { late, lateIfAny } from './late';

afterEach(() => {
  cleanup();
  notice.set(undefined);
});

/** Fails as often as it is told to. */
function failing(times: number) {
  let asked = 0;
  const Here = () => <p>here</p>;
  return async () => {
    if (asked++ < times) throw new TypeError('Failed to fetch');
    return Here;
  };
}

async function shown(What: () => React.ReactNode): Promise<string | null> {
  const { container } = await act(async () =>
    render(
      <div>
        around
        <Suspense>
          <What />
        </Suspense>
      </div>,
    ),
  );
  return container.textContent;
}

test('what cannot be fetched says so, takes nothing with it, and is asked for anew', async () => {
  const Late = late(failing(1));
  expect(await shown(() => <Late />)).toBe('around');
  expect(notice.get()?.words).toBe('It could not be loaded.');
  cleanup();
  expect(await shown(() => <Late />)).toBe('aroundhere');
});

test('it may be something else that is seen, or nothing', async () => {
  const Late = late(failing(1), () => <b> instead</b>);
  expect(await shown(() => <Late />)).toBe('around instead');
  cleanup();
  const IfAny = lateIfAny(failing(1));
  expect(await shown(() => <IfAny />)).toBe('around');
  expect(notice.get()).toBeUndefined();
});

// @vitest-environment happy-dom
import { i18n } from '@lingui/core';
import { I18nProvider } from '@lingui/react';
import { cleanup, render } from '@testing-library/react';
import { afterEach, expect, test } from 'vitest';
import { DayChart } from './DayChart';

afterEach(cleanup);

test('a day stands below the middle of its bar, the last one too', () => {
  const bars = Array.from({ length: 30 }, (_, nth) => ({
    day: `2026-03-${String(nth + 1).padStart(2, '0')}`,
    value: 5,
  }));
  const { container } = render(
    <I18nProvider i18n={i18n}>
      <DayChart title="Messages per day" unit={String} bars={bars} />
    </I18nProvider>,
  );
  const days = [...container.querySelectorAll('svg > g')].flatMap((group) => {
    const [bar, word] = [group.querySelector('.day-chart-bar'), group.querySelector('text')];
    return bar === null || word === null ? [] : [{ bar, word }];
  });
  expect(days).toHaveLength(5);
  for (const { bar, word } of days) {
    const middle = Number(bar.getAttribute('x')) + Number(bar.getAttribute('width')) / 2;
    expect(Number(word.getAttribute('x'))).toBeCloseTo(middle);
    expect(word.getAttribute('text-anchor')).toBe('middle');
  }
});

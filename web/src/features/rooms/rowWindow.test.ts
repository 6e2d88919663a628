import { describe, expect, test } from 'vitest';
import { rowWindow } from './rowWindow';

describe('the rows of a long list that are rendered', () => {
  test('are those in sight and twenty beyond on either side', () => {
    expect(rowWindow({ top: -4_000, height: 400 }, 40, 2_000)).toEqual({ from: 80, to: 130 });
  });

  test('begin with the first and end with the last', () => {
    expect(rowWindow({ top: 100, height: 400 }, 40, 2_000)).toEqual({ from: 0, to: 28 });
    expect(rowWindow({ top: -79_700, height: 400 }, 40, 2_000)).toEqual({ from: 1_972, to: 2_000 });
  });

  test('are none of a list that is far away', () => {
    expect(rowWindow({ top: 9_000, height: 400 }, 40, 2_000)).toEqual({ from: 0, to: 0 });
    expect(rowWindow({ top: -99_000, height: 400 }, 40, 2_000)).toEqual({ from: 2_000, to: 2_000 });
  });

  test('are all of a short one', () => {
    expect(rowWindow({ top: 0, height: 400 }, 40, 5)).toEqual({ from: 0, to: 5 });
  });
});

// @vitest-environment happy-dom
import { describe, expect, test } from 'vitest';
import { ViewPlace } from './viewPlace';

const HEAD = 24;

/** A view on rows that are as high as they say: whole pixels are scrolled, and what cannot be is not. */
class List {
  readonly box = document.createElement('div');
  height = 300;
  width = 600;
  #top = 0;

  constructor(count = 0) {
    document.body.append(this.box);
    Object.defineProperties(this.box, {
      clientHeight: { get: () => this.height },
      clientWidth: { get: () => this.width },
      scrollHeight: {
        get: () =>
          Math.max(
            this.height,
            this.rows.reduce((sum, row) => sum + highOf(row), 0),
          ),
      },
      scrollTop: {
        get: () => this.#clamp(),
        set: (top: number) => {
          this.#top = Math.round(top);
          this.#clamp();
        },
      },
    });
    this.box.getBoundingClientRect = () => new DOMRect(0, 0, this.width, this.height);
    this.add(count);
  }

  get rows(): HTMLElement[] {
    return [...this.box.children] as HTMLElement[];
  }

  get top(): number {
    return this.box.scrollTop;
  }

  /** Puts rows above, or at the end. */
  add(count: number, { high = 100, above = false, head = false } = {}): void {
    for (let nth = 0; nth < count; nth++) {
      const row = document.createElement('article');
      row.dataset.key = 'a row';
      row.dataset.high = String(high);
      row.innerHTML = `<div class="msg-main">${head ? '<header class="msg-who"></header>' : ''}</div>`;
      const main = row.firstElementChild as HTMLElement;
      row.getBoundingClientRect = () => new DOMRect(0, this.#offset(row), this.width, highOf(row));
      main.getBoundingClientRect = row.getBoundingClientRect;
      if (head)
        (main.firstElementChild as HTMLElement).getBoundingClientRect = () =>
          new DOMRect(0, this.#offset(row), this.width, HEAD);
      if (above) this.box.prepend(row);
      else this.box.append(row);
    }
  }

  /** Where the words of a row are on the screen. */
  words(row: HTMLElement): number {
    return this.#offset(row) + (row.querySelector('.msg-who') === null ? 0 : HEAD);
  }

  #offset(row: HTMLElement): number {
    const before = this.rows.slice(0, this.rows.indexOf(row));
    return before.reduce((sum, one) => sum + highOf(one), 0) - this.top;
  }

  #clamp(): number {
    this.#top = Math.max(0, Math.min(this.#top, this.box.scrollHeight - this.height));
    return this.#top;
  }
}

const highOf = (row: HTMLElement): number =>
  Number(row.dataset.high) + (row.querySelector('.msg-who') === null ? 0 : HEAD);
const grow = (row: HTMLElement | undefined, by: number): void => {
  if (row !== undefined) row.dataset.high = String(Number(row.dataset.high) + by);
};

/** A reader of a list of rows, a hundred pixels each, at `top`. */
function reading(top: number, count = 20) {
  const list = new List(count);
  const place = new ViewPlace();
  list.box.scrollTop = top;
  place.stand(list.box);
  const row = list.rows.find((one) => list.words(one) >= 0) as HTMLElement;
  return { list, place, row, stood: list.words(row), keep: () => place.keep(list.box) };
}

describe('what is read stays', () => {
  test.each([0, 40, 1_000])('where rows are put above a view that stands at %i', (top) => {
    const { list, row, stood, keep } = reading(top);
    list.add(7, { above: true, high: 33 });
    keep();
    expect(list.words(row)).toBe(stood);
    expect(list.top).toBe(top + 7 * 33);
  });

  test('where the oldest row loses its head to those that are put above it', () => {
    const list = new List();
    list.add(1, { head: true });
    list.add(9);
    const place = new ViewPlace();
    place.stand(list.box);
    const [oldest] = list.rows as [HTMLElement];
    expect(list.words(oldest)).toBe(HEAD);
    oldest.querySelector('.msg-who')?.remove();
    list.add(3, { above: true });
    place.keep(list.box);
    expect(list.words(oldest)).toBe(HEAD);
  });

  test('where something comes late above, and is scrolled before anybody has seen to that', () => {
    const { list, row, stood, keep } = reading(1_000);
    grow(list.rows[2], 90);
    list.box.scrollTop -= 40;
    keep();
    expect(list.words(row)).toBe(stood + 40);
    keep();
    expect(list.words(row)).toBe(stood + 40);
  });

  test('where rows go above, and those that are let go below', () => {
    const { list, row, stood, keep } = reading(1_000);
    for (const one of [...list.rows.slice(0, 4), ...list.rows.slice(-3)]) one.remove();
    keep();
    expect(list.words(row)).toBe(stood);
  });

  test('where the row itself goes: at the next one', () => {
    const { list, row, keep } = reading(1_000);
    const next = row.nextElementSibling as HTMLElement;
    const stood = list.words(next);
    row.remove();
    list.add(2, { above: true });
    keep();
    expect(list.words(next)).toBe(stood);
  });

  test('where less above makes the content so short that the browser scrolls', () => {
    const { list, row, stood, keep } = reading(1_650);
    for (const one of list.rows.slice(0, 2)) one.remove();
    expect(list.top).toBe(1_500);
    keep();
    expect(list.words(row)).toBe(stood);
  });

  test('where a row that is higher than the view grows below', () => {
    const { list, keep } = reading(0);
    grow(list.rows[3], 900);
    list.box.scrollTop = 500;
    keep();
    grow(list.rows[3], 50);
    keep();
    expect(list.top).toBe(500);
  });

  test('where lines break anew', () => {
    const { list, row, stood, keep } = reading(1_000);
    list.width = 300;
    for (const one of list.rows) grow(one, 40);
    // As a browser may, where it was not asked to.
    list.box.scrollTop += 20;
    keep();
    expect(list.words(row)).toBe(stood);
  });

  test('where the view was not shown meanwhile, and comes back at another place', () => {
    const { list, row, stood, keep } = reading(1_000);
    const { height } = list;
    list.height = 0;
    keep();
    list.box.scrollTop = 0;
    list.height = height;
    grow(list.rows[1], 10);
    keep();
    expect(list.words(row)).toBe(stood);
  });

  test('to a pixel, however many parts of one are put above', () => {
    const { list, row, stood, keep } = reading(0);
    for (let nth = 0; nth < 40; nth++) {
      list.add(1, { above: true, high: 20.3 });
      keep();
    }
    expect(Math.abs(list.words(row) - stood)).toBeLessThan(1);
  });

  test('and what comes below moves nothing', () => {
    const { list, keep } = reading(1_000);
    grow(list.rows[11], 70);
    list.add(3);
    keep();
    expect(list.top).toBe(1_000);
  });
});

describe('the end', () => {
  const atEnd = () => {
    const list = new List(20);
    const place = new ViewPlace();
    place.at_end = true;
    place.toEnd(list.box);
    const left = () => list.box.scrollHeight - list.height - list.top;
    expect(place.pinned).toBe(true);
    return { list, place, left, keep: () => place.keep(list.box) };
  };

  test('is followed by who is there, whatever comes and goes', () => {
    const { list, left, keep } = atEnd();
    const changes = [
      () => list.add(2),
      () => grow(list.rows[18], 90),
      () => {
        list.height = 200;
      },
      () => {
        list.height = 320;
      },
      () => {
        for (const one of list.rows.slice(0, 5)) one.remove();
        list.add(1);
      },
    ];
    for (const change of changes) {
      change();
      keep();
      expect(left()).toBe(0);
    }
  });

  test('is left by going up, and by nothing else', () => {
    const { list, place, left, keep } = atEnd();
    list.box.scrollTop -= 100;
    list.add(1);
    keep();
    expect(place.pinned).toBe(false);
    expect(left()).toBe(200);
    list.add(1);
    keep();
    expect(left()).toBe(300);
    place.toEnd(list.box);
    expect([place.pinned, left()]).toEqual([true, 0]);
  });

  test('of what is held is none while the list goes on', () => {
    const { list, place, keep } = atEnd();
    place.at_end = false;
    keep();
    expect(place.pinned).toBe(false);
    const { top } = list;
    list.add(60);
    place.at_end = true;
    keep();
    expect(list.top).toBe(top);
  });
});

test('a place is told by its first words', () => {
  const { place, row } = reading(1_040);
  expect(place.first).toEqual({ row, below: 60 });
});

// @vitest-environment happy-dom
import { beforeEach, expect, test } from 'vitest';
import type { Later } from '@/client/later';
import { Store } from '@/lib/store';
import type { LaterItem } from '@/protocol/ops.gen';
import { reminders, watchReminders } from './reminders';

const item = (place: number): LaterItem => ({ id: `${place}`, place, room: '1', note: 'x', saved_at: 0, due_at: 1 });

let heard: string[];
let due: Store<readonly LaterItem[] | undefined>;
const watch = (): (() => void) => watchReminders('7', { due } as unknown as Later);

beforeEach(() => {
  localStorage.clear();
  heard = [];
  due = new Store<readonly LaterItem[] | undefined>(undefined);
});

reminders.on('due', ({ id }) => heard.push(id));

test('what is due before this browser was first here is not raised, and what comes then is, once', () => {
  const end = watch();
  due.set([item(4)]);
  expect(heard).toEqual([]);
  due.set([item(6), item(5), item(4)]);
  expect(heard).toEqual(['5', '6']);
  due.set([item(6)]);
  due.set([]);
  expect(heard).toEqual(['5', '6']);
  end();
});

test('a page that comes later raises what came meanwhile and nothing again', () => {
  const end = watch();
  due.set([]);
  due.set([item(2)]);
  end();
  due = new Store<readonly LaterItem[] | undefined>([item(3), item(2)]);
  watch()();
  expect(heard).toEqual(['2', '3']);
});

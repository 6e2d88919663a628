import { describe, expect, it } from 'vitest';
import type { Api } from '@/client/api';
import { Emitter } from '@/lib/emitter';
import type { ServerFrame } from '@/protocol/ops.gen';
import { FakeClock } from '@/testing/fakes';
import { Catalogue } from './catalogue';
import { nameOfCode } from './code';

const cat = { name: 'cat', file: '0'.repeat(32) };

function make(notes = new Map<string, string>()) {
  const clock = new FakeClock();
  const asked: unknown[] = [];
  const server = { version: 5, emoji: [cat], down: false };
  const api = {
    call: async (path: string, { query }: { query: { version?: number } }) => {
      asked.push([path, query]);
      if (server.down) throw new Error('away');
      if (query.version === server.version) return { version: server.version };
      return path === 'GET /emoji' ? { version: server.version, emoji: server.emoji } : { version: 5, packs: [] };
    },
  } as unknown as Api;
  const events = new Emitter<{ frame: ServerFrame }>();
  const listen = (heard: (frame: ServerFrame) => void): void => void events.on('frame', heard);
  const store = {
    getItem: (key: string) => notes.get(key) ?? null,
    setItem: (key: string, value: string) => void notes.set(key, value),
  };
  return { catalogue: new Catalogue({ api, clock, listen, notes: store }), clock, asked, server, events, notes };
}

describe('the catalogue', () => {
  it('asks when somebody needs it, once, and not for what nobody needs', async () => {
    const { catalogue, clock, asked } = make();
    await clock.pass(60_000);
    expect(asked).toEqual([]);
    catalogue.needEmoji();
    catalogue.needEmoji();
    await clock.pass(10);
    expect(asked).toEqual([['GET /emoji', {}]]);
    expect(catalogue.emoji.get()?.get('cat')).toEqual(cat);
    expect(catalogue.packs.get()).toBeUndefined();
  });

  it('asks again when it is told of a newer version, and not of the one it has', async () => {
    const { catalogue, clock, asked, server, events } = make();
    catalogue.needEmoji();
    await clock.pass(10);
    events.emit('frame', { t: 'pictures', version: 5 });
    await clock.pass(10_000);
    expect(asked).toHaveLength(1);
    server.version = 6;
    server.emoji = [];
    events.emit('frame', { t: 'pictures', version: 6 });
    events.emit('frame', { t: 'pictures', version: 6 });
    await clock.pass(10_000);
    expect(asked).toHaveLength(2);
    expect(catalogue.emoji.get()?.size).toBe(0);
  });

  it('knows it at once after a reload, and learns what changed meanwhile', async () => {
    const first = make();
    first.catalogue.needEmoji();
    await first.clock.pass(10);
    const second = make(first.notes);
    second.server.down = true;
    second.catalogue.needEmoji();
    expect(second.catalogue.emoji.get()?.get('cat')).toEqual(cat);
    await second.clock.pass(10);
    second.server.down = false;
    second.server.version = 9;
    second.server.emoji = [];
    await second.clock.pass(10_000);
    expect(second.asked.at(-1)).toEqual(['GET /emoji', { version: 5 }]);
    expect(second.catalogue.emoji.get()?.size).toBe(0);
  });

  it('is not led astray by what is kept and cannot be read', async () => {
    const { catalogue, clock } = make(new Map([['parley.custom.emoji', '{"version":"x"']]));
    catalogue.needEmoji();
    await clock.pass(10);
    expect(catalogue.emoji.get()?.has('cat')).toBe(true);
  });
});

describe('a code', () => {
  it('is a name in colons and nothing else', () => {
    expect(nameOfCode(':cat_1+x-y:')).toBe('cat_1+x-y');
    for (const text of ['cat', ':c:', ':Cat:', ':a b:', '::', ':cat', `:${'c'.repeat(33)}:`, ':a:b:', '👍'])
      expect(nameOfCode(text)).toBeUndefined();
  });
});

import 'fake-indexeddb/auto';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { ApiError } from '@/client/error';
import { Outbox } from '@/client/outbox';
import { IdbOutboxStore, type OutboxFile, type OutboxStore } from '@/client/outbox_store';
import type { Attachment, SendFrame } from '@/protocol/ops.gen';
import { aFile, FakeClock, settled } from '@/testing/fakes';
import { Blobs } from './blobs';
import { FileCarrier, type UploadHooks } from './carrier';
import { held, progress } from './tray';

interface Begun {
  file: OutboxFile;
  blob: Blob;
  hooks: UploadHooks;
  end: (id: string) => void;
  fail: (error: unknown) => void;
  stop: ReturnType<typeof vi.fn>;
}

let clock: FakeClock;
let sent: SendFrame[];
let begun: Begun[];
let infos: Map<string, Attachment | undefined>;
let store: OutboxStore;
let blobs: Blobs;
const forget = vi.fn();
let count = 0;

beforeEach(() => {
  clock = new FakeClock();
  sent = [];
  begun = [];
  infos = new Map();
  held.clear();
  progress.set(new Map());
  forget.mockReset();
  store = new IdbOutboxStore(`carried-${++count}`);
  blobs = new Blobs(`blobs-${count}`);
});

/** A page: its outbox, and what uploads for it. */
function page(): Outbox {
  const carrier = new FileCarrier({
    clock,
    blobs,
    upload: (file, blob, hooks) => {
      let end = (_id: string): void => {};
      let fail = (_error: unknown): void => {};
      const done = new Promise<string>((resolve, reject) => {
        end = resolve;
        fail = reject;
      });
      const stop = vi.fn();
      begun.push({ file, blob, hooks, end, fail, stop });
      return { done, stop };
    },
    info: async (id) => infos.get(id),
    forget,
  });
  let minted = 0;
  const device = `d${++count}`;
  const box = new Outbox({
    user: '7',
    device,
    store,
    clock,
    send: (frame) => sent.push(frame) > 0,
    uuid: () => `${device}-cmid-${++minted}`,
    carrier,
  });
  box.connected();
  return box;
}

function chosen(key: string, bytes = 'abc'): OutboxFile {
  held.set(key, new Blob([bytes]));
  return { key, name: `${key}.zip`, size: bytes.length, type: '' };
}

async function arrives(upload: Begun | undefined, id: string): Promise<void> {
  infos.set(id, aFile({ id }));
  upload?.end(id);
  await settled();
}

describe('a message with files', () => {
  test('is sent when all of them are there and looked at, with their ids and without words', async () => {
    const box = page();
    box.add('1', '', { files: [chosen('a'), chosen('b')] });
    await settled();
    expect(begun.map(({ file }) => file.key)).toEqual(['a', 'b']);
    begun[0]?.end('id-a');
    await settled();
    expect(sent).toEqual([]);
    infos.set('id-a', aFile({ id: 'id-a' }));
    await clock.pass(200);
    await arrives(begun[1], 'id-b');
    expect(sent).toMatchObject([{ t: 'send', room: '1', files: ['id-a', 'id-b'] }]);
    expect(sent[0]).not.toHaveProperty('body');
  });

  test('does not hold up what is written behind it', async () => {
    const box = page();
    box.add('1', 'look', { files: [chosen('a')] });
    box.add('1', 'later words');
    await settled();
    expect(sent.map((frame) => frame.body)).toEqual(['later words']);
    await arrives(begun[0], 'id-a');
    expect(sent.map((frame) => frame.body)).toEqual(['later words', 'look']);
    expect(box.entries.get().map((entry) => entry.body)).toEqual(['later words', 'look']);
  });

  test('goes on after a reload where it stood, with the bytes that were kept', async () => {
    const before = page();
    before.add('1', '', { files: [chosen('a', 'the bytes')] });
    await settled();
    begun[0]?.hooks.onUrl('/media/files/id-a');
    await settled();
    before.stop();
    held.clear();
    const after = page();
    await after.load();
    await settled();
    expect(begun).toHaveLength(2);
    expect(begun[1]?.file.url).toBe('/media/files/id-a');
    expect(await begun[1]?.blob.text()).toBe('the bytes');
    await arrives(begun[1], 'id-a');
    expect(sent).toMatchObject([{ files: ['id-a'] }]);
  });

  test('says so when its bytes are nowhere any more', async () => {
    const box = page();
    const cmid = box.add('1', '', { files: [{ key: 'gone', name: 'a', size: 3, type: '' }] });
    await settled();
    expect(box.entries.get()).toMatchObject([{ cmid, state: 'failed', code: 'file_lost' }]);
  });

  test('tells how far it is', async () => {
    const box = page();
    box.add('1', '', { files: [chosen('a')] });
    await settled();
    begun[0]?.hooks.onProgress(0.4);
    expect(progress.get().get('a')).toBe(0.4);
    await arrives(begun[0], 'id-a');
    expect(progress.get().has('a')).toBe(false);
  });

  test('is given up with what the server has of it', async () => {
    const box = page();
    const cmid = box.add('1', '', { files: [chosen('a'), chosen('b'), chosen('c')] });
    await settled();
    begun[0]?.hooks.onUrl('/media/files/id-a');
    await arrives(begun[0], 'id-a');
    begun[1]?.hooks.onUrl('/media/files/id-b');
    box.discard(cmid);
    await settled();
    expect(forget).toHaveBeenCalledExactlyOnceWith('/media/files/id-a');
    expect(begun[1]?.stop).toHaveBeenCalledWith(true);
    expect(box.entries.get()).toEqual([]);
    expect(await store.load('7')).toEqual([]);
    expect(await blobs.get('b')).toBeUndefined();
    expect(sent).toEqual([]);
  });

  test('that the server refuses fails with the reason, and is tried again from the beginning of what failed', async () => {
    const box = page();
    const cmid = box.add('1', '', { files: [chosen('a'), chosen('b')] });
    await settled();
    await arrives(begun[0], 'id-a');
    begun[1]?.fail(new ApiError('too_large', '', 413));
    await settled();
    expect(box.entries.get()).toMatchObject([{ state: 'failed', code: 'file_too_large' }]);
    box.retry(cmid);
    await settled();
    expect(begun.map(({ file }) => file.key)).toEqual(['a', 'b', 'b']);
    await arrives(begun[2], 'id-b');
    expect(sent).toMatchObject([{ files: ['id-a', 'id-b'] }]);
  });

  test('brings its files anew when the server does not know them any more', async () => {
    const box = page();
    const cmid = box.add('1', '', { files: [chosen('a')] });
    await settled();
    await arrives(begun[0], 'id-a');
    box.nacked({ t: 'nack', cmid, code: 'file_unknown' });
    expect(box.entries.get()).toMatchObject([{ state: 'failed', code: 'file_unknown' }]);
    box.retry(cmid);
    await settled();
    await arrives(begun[1], 'id-b');
    expect(sent.at(-1)).toMatchObject({ files: ['id-b'] });
  });

  test('keeps nothing of them when it is stored', async () => {
    const box = page();
    const cmid = box.add('1', '', { files: [chosen('a')] });
    await settled();
    await arrives(begun[0], 'id-a');
    box.settle(cmid);
    await settled();
    expect(held.size).toBe(0);
    expect(await blobs.get('a')).toBeUndefined();
    expect(forget).not.toHaveBeenCalled();
  });
});

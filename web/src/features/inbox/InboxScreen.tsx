import { i18n } from '@lingui/core';
import { Trans } from '@lingui/react';
import './inbox.css';
import { type KeyboardEvent, type RefObject, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { Link } from 'wouter';
import { ApiError } from '@/client/error';
import { calls, unreadOf } from '@/client/room_list';
import { Empty } from '@/components/Empty';
import { Icon } from '@/components/Icon';
import { SkeletonRows } from '@/components/Skeleton';
import { paths } from '@/lib/paths';
import { excerpt, firstLine } from '@/lib/text';
import { clockTime, fullTime } from '@/lib/time';
import type { Event, Room, Thread } from '@/protocol/ops.gen';
import { useChat, useStore } from '@/state/context';
import { nameOf, roomLabel, roomName } from '@/state/names';
import { useBlocks } from '../people/Author';
import { PersonAvatar } from '../people/Signs';
import { BackLink } from '../rooms/BackLink';
import { RoomSign } from '../rooms/RoomSign';
import { lineOf } from '../timeline/forward';
import { useLatest } from './useLatest';

/** As many are shown at first; each asks for its lines. */
const SHOWN = 20;
const BLOCKED = /*i18n*/ { id: 'A message of somebody you block.' };

type Entry =
  | { kind: 'room'; key: string; ts: number; room: Room }
  | { kind: 'thread'; key: string; ts: number; room: Room; thread: Thread };

/** Everything that is unread: rooms and threads, what names me first, then the newest first. */
export function InboxScreen() {
  const chat = useChat();
  const loaded = useStore(chat.list.loaded);
  const entries = useEntries();
  const [shown, setShown] = useState(SHOWN);
  const [failed, setFailed] = useState<string>();
  const list = useRef<HTMLDivElement>(null);
  const { note, keys } = useWalk(list, entries, (entry) => readEntry(chat, entry));
  const readAll = async (): Promise<void> => {
    try {
      await chat.reading.readAll();
      setFailed(undefined);
    } catch (cause) {
      setFailed(cause instanceof ApiError ? cause.message : i18n.t('Something went wrong. Try again.'));
    }
  };
  return (
    <main className="main">
      <header className="top top-list">
        <BackLink />
        <h1>{i18n.t('Inbox')}</h1>
        {entries.length > 0 && (
          <p>{i18n.t('{count, plural, one {# conversation} other {# conversations}}', { count: entries.length })}</p>
        )}
        <div className="top-tools">
          {entries.length > 0 && (
            <button type="button" className="btn btn-quiet" onClick={() => void readAll()}>
              <Icon name="checks" size={17} />
              {i18n.t('Mark all as read')}
            </button>
          )}
        </div>
      </header>
      {failed !== undefined && (
        <p className="inbox-failed" role="alert">
          {failed}
        </p>
      )}
      {/* biome-ignore lint/a11y/noStaticElementInteractions: the keys are those of the entries in it. */}
      <div className="threads" ref={list} onKeyDown={keys} onFocus={note}>
        {!loaded && <SkeletonRows count={5} tall />}
        {loaded && entries.length === 0 && (
          <Empty icon="inbox" title={i18n.t('All read.')}>
            <p>{i18n.t('Rooms and threads with something new come here.')}</p>
          </Empty>
        )}
        {entries.slice(0, shown).map((entry) => (
          <Card key={entry.key} entry={entry} />
        ))}
        {entries.length > shown && (
          <button type="button" className="btn btn-quiet threads-more" onClick={() => setShown(shown + SHOWN)}>
            {i18n.t('{count, plural, one {# more conversation} other {# more conversations}}', {
              count: entries.length - shown,
            })}
          </button>
        )}
        {entries.length > 0 && (
          <p className="inbox-keys" aria-hidden="true">
            <Trans
              id="<0>J</0><0>K</0> up and down <0>Enter</0> open <0>E</0> mark as read"
              components={{ 0: <kbd /> }}
            />
          </p>
        )}
      </div>
    </main>
  );
}

function useEntries(): Entry[] {
  const chat = useChat();
  const rooms = useStore(chat.list.rooms);
  const { threads } = useStore(chat.conversation.threads.view);
  return useMemo(() => {
    const entries: Entry[] = [];
    for (const room of rooms.values())
      if (calls(room) > 0) entries.push({ kind: 'room', key: room.id, ts: room.last?.ts ?? 0, room });
    for (const thread of threads) {
      const room = rooms.get(thread.room);
      if (room === undefined || !thread.following || thread.unread === 0) continue;
      const ts = thread.root.state?.last_reply ?? 0;
      entries.push({ kind: 'thread', key: `${room.id}.${thread.root.seq}`, ts, room, thread });
    }
    const named = ({ kind, room }: Entry): number => Number(kind === 'room' && (room.mentions?.length ?? 0) > 0);
    return entries.sort((a, b) => named(b) - named(a) || b.ts - a.ts);
  }, [rooms, threads]);
}

function pathOf(entry: Entry): string {
  return entry.kind === 'room' ? paths.room(entry.room.id) : paths.thread(entry.room.id, entry.thread.root.seq);
}

function readEntry(chat: ReturnType<typeof useChat>, entry: Entry): void {
  if (entry.kind === 'room') return chat.reading.readRoom(entry.room.id);
  chat.conversation.threads.read(entry.room.id, entry.thread.root.seq, entry.room.head);
}

function Card({ entry }: { entry: Entry }) {
  const chat = useChat();
  const { room } = entry;
  const root = entry.kind === 'thread' ? entry.thread.root.seq : undefined;
  const { lines, status } = useLatest(room.id, root);
  const count = entry.kind === 'room' ? unreadOf(room) : entry.thread.unread;
  const mentions = entry.kind === 'room' ? (room.mentions?.length ?? 0) : 0;
  const hidden = useBlocks(entry.kind === 'thread' ? entry.thread.root.sender : '');
  const name = entry.kind === 'room' ? roomName(room) : hidden ? i18n.t(BLOCKED) : threadName(entry.thread);
  return (
    <article className="inbox-card" data-entry={entry.key} aria-label={name}>
      <header>
        <Link href={pathOf(entry)} className="inbox-name">
          {room.kind === 'dm' && entry.kind === 'room' ? (
            <PersonAvatar id={room.peer?.id ?? chat.me.id} name={roomName(room)} size="s" />
          ) : entry.kind === 'room' ? (
            <RoomSign room={room} className="top-sign" />
          ) : (
            <Icon name="thread" size={17} />
          )}
          <bdi>{name}</bdi>
        </Link>
        {entry.kind === 'thread' && <bdi className="thread-card-room">{roomLabel(room)}</bdi>}
        {mentions > 0 && (
          <span className="badge-count badge-mention">
            @{mentions > 99 ? '99+' : mentions}
            <span className="visually-hidden">
              {' '}
              {i18n.t('{count, plural, one {mention} other {mentions}}', { count: mentions })}
            </span>
          </span>
        )}
        {count > 0 && (
          <span className="badge-count">
            {count > 99 ? '99+' : count}
            <span className="visually-hidden"> {i18n.t('unread')}</span>
          </span>
        )}
        <button
          type="button"
          className="btn-icon inbox-read"
          aria-label={i18n.t('Mark {name} as read', { name })}
          title={i18n.t('Mark as read')}
          onClick={() => readEntry(chat, entry)}
        >
          <Icon name="check" />
        </button>
      </header>
      {status === 'loading' && <SkeletonRows count={1} />}
      {status === 'failed' && <p className="inbox-line">{i18n.t('The messages could not be loaded.')}</p>}
      {count === 0 && mentions > 0 && <p className="inbox-line">{i18n.t('You were named in a thread.')}</p>}
      {lines.slice(-Math.max(1, Math.min(lines.length, count))).map((line) => (
        <Line key={line.seq} line={line} named={room.kind !== 'dm'} />
      ))}
    </article>
  );
}

function threadName({ root }: Thread): string {
  return root.state?.deleted === true ? i18n.t('A deleted message') : firstLine(lineOf(root));
}

/** `named`: who wrote it does not go without saying. */
function Line({ line, named }: { line: Event; named: boolean }) {
  const name = nameOf(useStore(useChat().people.users).get(line.sender));
  const blocked = useBlocks(line.sender);
  return (
    <p className="inbox-line">
      {named && <bdi className="msg-name">{name}</bdi>}
      <span className="inbox-text" dir="auto">
        {blocked
          ? i18n.t(BLOCKED)
          : line.state?.deleted === true
            ? i18n.t('This message was deleted.')
            : excerpt(lineOf(line))}
      </span>
      <time title={fullTime(line.ts)}>{clockTime(line.ts)}</time>
    </p>
  );
}

/** J and K go from entry to entry, E marks the one with the focus as read, and the next gets it. */
function useWalk(
  list: RefObject<HTMLDivElement | null>,
  entries: readonly Entry[],
  read: (entry: Entry) => void,
): { note: () => void; keys: (press: KeyboardEvent) => void } {
  const at = useRef<{ key: string; place: number }>(undefined);
  const cards = (): HTMLElement[] => [...(list.current?.querySelectorAll<HTMLElement>('[data-entry]') ?? [])];
  const focus = (place: number): void => {
    const all = cards();
    all[Math.max(0, Math.min(place, all.length - 1))]?.querySelector<HTMLElement>('a')?.focus();
  };
  const note = (): void => {
    const all = cards();
    const place = all.findIndex((card) => card.contains(document.activeElement));
    at.current = place < 0 ? undefined : { key: all[place]?.dataset.entry ?? '', place };
  };
  // The entry with the focus has gone, since it was read: the one in its place gets it.
  useLayoutEffect(() => {
    const held = at.current;
    if (held === undefined || entries.some((entry) => entry.key === held.key)) return;
    if (document.activeElement === null || document.activeElement === document.body) focus(held.place);
  });
  const keys = (press: KeyboardEvent): void => {
    if (press.ctrlKey || press.metaKey || press.altKey) return;
    const place = at.current?.place ?? -1;
    const entry = entries.find((one) => one.key === at.current?.key);
    if (press.key === 'j') focus(place + 1);
    else if (press.key === 'k') focus(place - 1);
    else if (press.key === 'e' && entry !== undefined) read(entry);
    else return;
    press.preventDefault();
  };
  useLayoutEffect(() => {
    // From anywhere on the screen the first key comes to the list.
    const begin = (press: globalThis.KeyboardEvent): void => {
      if (press.key !== 'j' || press.ctrlKey || press.metaKey || press.altKey) return;
      if (document.activeElement === null || document.activeElement === document.body) focus(0);
    };
    addEventListener('keydown', begin);
    return () => removeEventListener('keydown', begin);
  });
  return { note, keys };
}

import { i18n } from '@lingui/core';
import {
  type Ref,
  useCallback,
  useEffect,
  useImperativeHandle,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from 'react';
import { Link, useLocation } from 'wouter';
import { hasWords } from '@/client/message_state';
import { unreadOf } from '@/client/room_list';
import { PAGE_EVENTS } from '@/client/room_log';
import { Empty } from '@/components/Empty';
import { Icon } from '@/components/Icon';
import { SkeletonRows } from '@/components/Skeleton';
import { paths } from '@/lib/paths';
import { soon } from '@/lib/soon';
import { dayName } from '@/lib/time';
import type { Event, Room } from '@/protocol/ops.gen';
import { attention } from '@/state/attention';
import { useChat, useStore } from '@/state/context';
import { nameOf } from '@/state/names';
import '../search/day-jump.css';
import type { MessageActions } from './actions';
import { MessageItem } from './MessageItem';
import { RoomIntro } from './RoomIntro';
import { buildRows, lastOfStates, type Row } from './rows';
import { ScrollKeeper } from './ScrollKeeper';
import { SystemLine, subjectOf } from './SystemLine';
import { useActiveRow } from './useActiveRow';
import { useDivider } from './useDivider';
import { useLatestFirst } from './useLatestFirst';
import { useMessageUi } from './useMessageUi';
import { useNow } from './useNow';
import { topOf, ViewPlace } from './viewPlace';
import { notePlace, useWayBack } from './wayBack';

const DayJump = soon(
  async () => (await import('../opened')).DayJump,
  ({ name }) => (
    <span className="day-jump">
      <button type="button">{name}</button>
    </span>
  ),
);

/** A row counts as seen with this much of it below the view. */
const SEEN_PX = 40;
/** History is fetched this far before its edge comes into view. */
const FETCH_AHEAD_PX = 900;

export interface TimelineHandle {
  toEnd: () => void;
  /** Shows a message of the room; loads what stands around it when it has to. */
  jump: (seq: number) => void;
  /** Opens my last message for editing. */
  editLast: () => void;
}

interface Props {
  room: Room;
  /** The event a permalink names. */
  target: number | undefined;
  onReply: (event: Event) => void;
  onThread: (event: Event) => void;
  /** The focus is to go where messages are written. */
  onWrite: () => void;
  ref?: Ref<TimelineHandle>;
}

export function Timeline({ room, target, onReply, onThread, onWrite, ref }: Props) {
  const chat = useChat();
  const log = chat.log(room.id);
  const view = useStore(log.view);
  const users = useStore(chat.people.users);
  const entries = useStore(chat.outbox.entries);
  const done = useStore(chat.conversation.acts.done);
  const [, go] = useLocation();
  const attentive = useStore(attention);
  const now = useNow();
  const divider = useDivider(room);
  const scroller = useRef<HTMLDivElement>(null);
  const [place] = useState(() => new ViewPlace());
  /** What is being loaded was asked for to be at its end, whatever the address says. */
  const ending = useRef(false);
  const [away, setAway] = useChanged(false);
  // What is new from before the newest page is read from where it begins.
  const far = divider !== undefined && room.head - divider >= PAGE_EVENTS;
  const first_unread = useRef(far ? divider + 1 : undefined);
  const { goal: back, came_back } = useWayBack(room.id, target, log);

  const { delivered_to, id, kind, read_to } = room;
  const rows = useMemo(
    () =>
      buildRows({
        events: done.size === 0 ? view.events : view.events.map((event) => chat.conversation.acts.shown(event, done)),
        ahead: view.ahead,
        local: view.at_end ? entries.filter((one) => one.room === id && one.thread === undefined) : [],
        me: chat.me.id,
        delivered_to,
        read_to,
        divider,
        of_two: kind === 'dm',
      }),
    [chat, view.events, view.ahead, view.at_end, entries, done, id, kind, delivered_to, read_to, divider],
  );

  useEffect(() => {
    chat.activate(room.id);
    chat.reading.opened(room.id);
    const unread = first_unread.current;
    first_unread.current = undefined;
    if (came_back.current) return;
    const from = target ?? unread;
    if (from === undefined) void log.openNewest();
    else void log.openAround(from);
  }, [chat, log, room.id, target, came_back]);

  useEffect(() => {
    chat.people.need(
      view.events.flatMap((event) => (event.type === 'message' ? [event.sender] : [event.sender, subjectOf(event)])),
    );
  }, [chat, view.events]);

  const { shown, whole } = useLatestFirst(rows, target !== undefined || divider !== undefined || came_back.current);

  const look = useCallback(() => {
    const box = scroller.current;
    if (box === null) return;
    place.keep(box);
    if (box.clientHeight === 0 || !whole) return;
    const below = box.scrollHeight - box.scrollTop - box.clientHeight;
    setAway(!place.pinned);
    if (log.view.get().status === 'ready') notePlace(room.id, place.pinned ? undefined : place.first);
    if (place.pinned) log.trimOlder();
    if (box.scrollTop < FETCH_AHEAD_PX) void log.loadOlder();
    if (below < FETCH_AHEAD_PX) void log.loadNewer();
    if (attention.get() && !log.view.get().kept)
      markSeen(box, (event) => chat.reading.seen(room.id, event), log.view.get().events);
  }, [chat, log, place, room.id, setAway, whole]);

  const toEnd = useCallback(() => {
    if (!log.view.get().at_end) {
      ending.current = true;
      void log.openNewest();
    }
    if (scroller.current !== null) place.toEnd(scroller.current);
    look();
  }, [log, look, place]);

  const jump = (seq: number): void => {
    const row = scroller.current === null ? null : rowOf(scroller.current, seq);
    if (row === null) return go(paths.message(room.id, seq));
    flash(row);
  };
  const { actions, editing, layers } = useMessageUi(room, { reply: onReply, thread: onThread, jump, focus: onWrite });
  const { active, surface } = useActiveRow((key) => eventOf(rows, key), actions);
  useImperativeHandle(ref, () => ({ toEnd, jump, editLast: () => editLast(rows, chat.me.id, actions) }));

  const ready = view.status === 'ready';
  const { kept } = view;
  const was_kept = useRef(false);
  useLayoutEffect(() => {
    const box = scroller.current;
    if (!ready || box === null) return;
    // What stood around the place is still on its way.
    if (back.current !== undefined && log.view.get().status !== 'ready') return;
    // What the device had has been brought up to date: who has scrolled meanwhile stays where they are.
    const stays = was_kept.current && !kept && target === undefined && !place.pinned && !ending.current;
    was_kept.current = kept;
    if (stays && back.current === undefined) return;
    box.scrollTop = ending.current ? box.scrollHeight : beginning(box, target, back.current);
    ending.current = false;
    back.current = undefined;
    place.stand(box);
  }, [ready, target, log, kept, back, place]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: rows and attention are what makes another look due.
  useEffect(look, [look, rows, attentive, ready, kept]);

  const ticked = useMemo(() => lastOfStates(rows, chat.me.id), [rows, chat.me.id]);
  const days = useMemo(() => byDay(shown), [shown]);
  const draw = (row: Row) => {
    switch (row.kind) {
      case 'day':
        return null;
      case 'new':
        return (
          // biome-ignore lint/a11y/useSemanticElements: an <hr> cannot hold its word.
          <div className="divider-new" key={row.key} role="separator" aria-label={i18n.t('New messages')}>
            <span>
              {i18n.t({
                id: 'new (divider)',
                message: 'New',
                comment: 'Stands above the first message that was not read yet',
              })}
            </span>
          </div>
        );
      case 'system':
        return <SystemLine key={row.key} row_key={row.key} events={row.events} users={users} />;
      default:
        return (
          <MessageItem
            key={row.key}
            row_key={row.key}
            sender={row.sender}
            name={nameOf(users.get(row.sender))}
            body={row.body}
            ts={row.ts}
            room={room.id}
            me={chat.me.id}
            seq={row.seq}
            event={row.event}
            quote={row.quote}
            repliers={row.repliers}
            editing={row.seq !== undefined && row.seq === editing}
            active={active}
            state={row.state}
            cmid={row.cmid}
            code={row.code}
            files={row.files}
            head={row.head}
            ticked={ticked.has(row.key)}
            one_reader={room.kind === 'dm'}
            target={row.seq !== undefined && row.seq === target}
            actions={actions}
          />
        );
    }
  };

  return (
    <div className="timeline-frame">
      <div
        className="timeline"
        ref={scroller}
        onScroll={look}
        role="log"
        aria-live="off"
        aria-label={i18n.t('Messages')}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and the keyboard must reach it to do so.
        tabIndex={0}
        {...surface}
      >
        {view.status === 'failed' ? (
          <Empty
            title={
              isUnreached(view.code)
                ? i18n.t('These messages are not on this device yet.')
                : i18n.t('The messages could not be loaded.')
            }
          >
            <p>
              {isUnreached(view.code)
                ? i18n.t('They come as soon as the server can be reached.')
                : i18n.t('Trying again by itself, too.')}
            </p>
            <button type="button" className="btn btn-outline-secondary" onClick={() => void log.openNewest()}>
              {i18n.t('Try again')}
            </button>
          </Empty>
        ) : ready ? (
          <ScrollKeeper place={place} at_end={view.at_end} className="timeline-rows" onLayout={look}>
            {whole && view.at_start ? (
              <RoomIntro room={room} />
            ) : (
              <Edge state={view.older} again={() => void log.loadOlder()} />
            )}
            {days.map(({ day, rows: of_day }) => (
              // A day's name sticks to the top while the day is read, and goes with it.
              <section key={day.key}>
                <div className="day-rule" />
                <div className="day">
                  <DayJump room={room.id} ts={day.ts} name={dayName(day.ts, now)} />
                </div>
                {of_day.map(draw)}
              </section>
            ))}
            {!view.at_end && <Edge state={view.newer} again={() => void log.loadNewer()} />}
          </ScrollKeeper>
        ) : (
          // Nothing yet for the moment in which the device is asked what it has.
          view.status === 'loading' && <SkeletonRows count={7} tall />
        )}
      </div>
      {ready && divider !== undefined && target === undefined && (view.events[0]?.seq ?? 0) > divider + 1 && (
        <Link href={paths.message(room.id, divider + 1)} className="pill pill-top">
          {i18n.t('Jump to the first unread')}
        </Link>
      )}
      {ready && away && <EndPill unread={unreadOf(room)} onClick={toEnd} />}
      {layers}
    </div>
  );
}

/**
 * A state that may be set in an effect of every drawing: what is no change never reaches React, which counts even a set
 * of the same value as one more nested update, and gives up at fifty.
 */
function useChanged<T>(initial: T): [T, (value: T) => void] {
  const [value, setValue] = useState(initial);
  const last = useRef(initial);
  const set = useCallback((next: T) => {
    if (Object.is(next, last.current)) return;
    last.current = next;
    setValue(next);
  }, []);
  return [value, set];
}

/** Stands at an edge of what is loaded, of a fixed height, so that its coming and going moves nothing. */
function Edge({ state, again }: { state: 'idle' | 'loading' | 'failed'; again: () => void }) {
  return (
    <div className="edge" aria-busy={state === 'loading'}>
      {state === 'failed' ? (
        <button type="button" className="btn-link" onClick={again}>
          {i18n.t('Could not load more. Try again')}
        </button>
      ) : (
        <SkeletonRows count={1} tall />
      )}
    </div>
  );
}

function EndPill({ unread, onClick }: { unread: number; onClick: () => void }) {
  return (
    <button
      type="button"
      className={unread > 0 ? 'pill pill-new' : 'pill'}
      onClick={onClick}
      aria-label={unread > 0 ? undefined : i18n.t('Jump to the latest')}
    >
      {unread > 0 && <span>{i18n.t('{count, plural, one {# new} other {# new}}', { count: unread })}</span>}
      <Icon name="down" size={16} />
    </button>
  );
}

const FLASH_MS = 1_600;

/** Brings a row to the middle and marks it for a moment. */
export function flash(row: HTMLElement): void {
  row.scrollIntoView({ block: 'center' });
  row.classList.add('is-flashed');
  setTimeout(() => row.classList.remove('is-flashed'), FLASH_MS);
}

/** The stored message of a row. */
export function eventOf(rows: readonly Row[], key: string): Event | undefined {
  const row = rows.find((one) => one.key === key);
  return row?.kind === 'message' ? row.event : undefined;
}

export function editLast(rows: readonly Row[], me: string, actions: MessageActions): void {
  const row = rows.findLast(
    (one) => one.kind === 'message' && one.sender === me && (one.event === undefined || hasWords(one.event)),
  );
  if (row?.kind === 'message' && row.event !== undefined) actions.edit(row.event);
}

/** There is no connection, which the page says elsewhere: nothing is wrong with the room. */
function isUnreached(code: string | undefined): boolean {
  return code === 'network' || code === 'timeout' || code === 'unavailable';
}

type DayRow = Extract<Row, { kind: 'day' }>;

/** Every row stands below the row of its day. */
function byDay(rows: readonly Row[]): { day: DayRow; rows: Row[] }[] {
  const days: { day: DayRow; rows: Row[] }[] = [];
  for (const row of rows) {
    if (row.kind === 'day') days.push({ day: row, rows: [] });
    else days.at(-1)?.rows.push(row);
  }
  return days;
}

/** Where the reader begins: where they were, at the linked message, at the first unread one that is held, or at the end. */
function beginning(box: HTMLElement, target: number | undefined, back: { seq: number; below: number } | undefined) {
  if (back !== undefined) {
    const row = rowFor(box, back.seq);
    if (row !== null) return topOf(box, row) - back.below;
  }
  const goal = target === undefined ? box.querySelector<HTMLElement>('.divider-new') : rowFor(box, target);
  if (goal === null) return box.scrollHeight;
  return goal.offsetTop - box.clientHeight * (target === undefined ? 0.2 : 0.4);
}

function rowOf(box: HTMLElement, seq: number): HTMLElement | null {
  return box.querySelector<HTMLElement>(`[data-msg-seq="${seq}"], [data-seq="${seq}"]`);
}

/** Of an event that is held but has no row of its own, or stands in a line with others: the first row that ends behind it. */
function rowFor(box: HTMLElement, seq: number): HTMLElement | null {
  for (const row of box.querySelectorAll<HTMLElement>('[data-msg-seq], [data-seq]'))
    if (Number(row.dataset.msgSeq ?? row.dataset.seq) >= seq) return row;
  return null;
}

/** Reports the last event whose row has come fully into view. */
function markSeen(
  box: HTMLElement,
  report: (event: { seq: number; n: number }) => void,
  events: readonly { seq: number; n: number }[],
): void {
  const bottom = box.scrollTop + box.clientHeight + SEEN_PX;
  const elements = box.querySelectorAll<HTMLElement>('[data-msg-seq], [data-seq]');
  for (let at = elements.length - 1; at >= 0; at--) {
    const element = elements[at];
    if (element === undefined || element.offsetTop + element.offsetHeight > bottom) continue;
    const seq = Number(element.dataset.msgSeq ?? element.dataset.seq);
    const event = events[seq - (events[0]?.seq ?? 0)];
    if (event?.seq === seq) report(event);
    return;
  }
}

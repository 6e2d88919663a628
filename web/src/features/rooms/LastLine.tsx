import { i18n } from '@lingui/core';
import { Trans } from '@lingui/react';
import { useEffect } from 'react';
import { firstLine, stillHidden } from '@/lib/text';
import { clockTime, dateWords, dayKey, dayName, yearOf } from '@/lib/time';
import type { Event, Room } from '@/protocol/ops.gen';
import { useChat, useStore } from '@/state/context';
import { useBlocks } from '../people/Author';
import { useMoment } from '../people/usePerson';
import { lineOf } from '../timeline/forward';

/** The list of rooms cuts a text to so many characters (`Room` in the protocol). */
const CUT_CHARS = 200;
const DAY_MS = 86_400_000;

/** Below the name of a room: what was said in it last, by whom, and when. */
export function LastLine({ room }: { room: Room }) {
  const { last } = room;
  if (last?.type !== 'message') return <span className="side-last-text">{i18n.t('No messages yet')}</span>;
  return <Line last={last} named={room.kind !== 'dm'} />;
}

/** `named`: who wrote it does not go without saying. */
function Line({ last, named }: { last: Event; named: boolean }) {
  const chat = useChat();
  const blocked = useBlocks(last.sender);
  const own = last.sender === chat.me.id;
  const writer = useStore(chat.people.users).get(last.sender)?.display_name;
  useEffect(() => {
    if (named) chat.people.need([last.sender]);
  }, [chat, named, last.sender]);
  const when = useMoment((now) => whenWords(last.ts, now));
  const who = own ? i18n.t({ id: 'you (of a list)', message: 'You' }) : named ? writer : undefined;
  return (
    <>
      {who !== undefined && !blocked && (
        <span className="side-last-who">
          <Trans
            id="<0>{who}</0>:"
            comment="Before what somebody wrote: Ada: On it."
            values={{ who }}
            components={{ 0: <bdi /> }}
          />
        </span>
      )}
      <span className="side-last-text" dir="auto">
        {blocked ? i18n.t('A message of somebody you block.') : wordsOf(last)}
      </span>
      <time dateTime={new Date(last.ts).toISOString()}>{when}</time>
    </>
  );
}

function wordsOf(last: Event): string {
  const cut = [...last.body].length >= CUT_CHARS;
  const text = lineOf(cut ? { ...last, body: stillHidden(last.body) } : last).trim();
  // Of one that is gone the list has nothing but its place.
  if (text === '') return i18n.t('This message was deleted.');
  // Marks without a word are shown as they were written.
  return firstLine(text) || (text.split('\n', 1)[0] ?? '');
}

/** 12:05, Yesterday, Tue, 4 Mar, 4 Mar 2025: as short as it is clear. */
function whenWords(ts: number, now: number): string {
  if (dayKey(ts) === dayKey(now)) return clockTime(ts);
  if (dayKey(ts) === dayKey(now - DAY_MS)) return dayName(ts, now);
  const within_week = ts < now && now - ts < 6 * DAY_MS;
  return dateWords(ts, within_week ? { weekday: 'short' } : { day: 'numeric', month: 'short', ...yearOf(ts, now) });
}

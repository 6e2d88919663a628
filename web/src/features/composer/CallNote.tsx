import { i18n } from '@lingui/core';
import { useEffect } from 'react';
import type { Room, UserGroup } from '@/protocol/ops.gen';
import { useChat, useStore } from '@/state/context';
import { may } from '@/state/rights';
import { groupsOf } from '../groups/book';
import { callsEveryone, groupsCalled } from './calling';

interface Props {
  room: Room;
  /** It will be a reply in a thread. */
  reply: boolean;
  text: string;
}

/** More people than these a group calls only for whoever may call everybody (docs/groups.md). */
const MANY = 20;

/** Says before it is sent whom "@all", or a large group, will call, or that it will be words only. */
export function CallNote({ room, reply, text }: Props) {
  const book = groupsOf(useChat());
  const groups = useStore(book.list)?.groups ?? [];
  const names = text.includes('@');
  useEffect(() => {
    if (names) book.need();
  }, [names, book]);
  const others = room.member_count - 1;
  if (room.kind === 'dm' || others < 1) return null;
  const words = callsEveryone(text)
    ? wordsFor(room, reply, others)
    : groupWords(room, others, groupsCalled(text, groups));
  return words === undefined ? null : (
    <p className="composer-note" role="status">
      {words}
    </p>
  );
}

function wordsFor(room: Room, reply: boolean, others: number): string {
  if (reply) return i18n.t('In a thread nobody is called by this: it is only words.');
  if (!may(room, 'mention_all')) return i18n.t('You may not call everybody here: this will be only words.');
  return i18n.t('{count, plural, =1 {This calls the one other person here.} other {This calls all # others here.}}', {
    count: others,
  });
}

/** How many of a group are in this room nobody here knows. */
function groupWords(room: Room, others: number, called: readonly UserGroup[]): string | undefined {
  const most = Math.min(Math.max(0, ...called.map(({ people }) => people)), others);
  if (most <= MANY) return undefined;
  return may(room, 'mention_all')
    ? i18n.t('This calls up to {count, number} people here.', { count: most })
    : i18n.t('You may not call more than {count, number} people here at once: then this is only words.', {
        count: MANY,
      });
}

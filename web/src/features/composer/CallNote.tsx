import { i18n } from '@lingui/core';
import type { Room } from '@/protocol/ops.gen';
import { may } from '@/state/rights';
import { callsEveryone } from './calling';

interface Props {
  room: Room;
  /** It will be a reply in a thread. */
  reply: boolean;
  text: string;
}

/** Says before it is sent whom "@all" will call, or that it will be words only. */
export function CallNote({ room, reply, text }: Props) {
  if (room.kind === 'dm' || !callsEveryone(text)) return null;
  const others = room.member_count - 1;
  if (others < 1) return null;
  return (
    <p className="composer-note" role="status">
      {wordsFor(room, reply, others)}
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

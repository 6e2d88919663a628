import { i18n } from '@lingui/core';
import { Avatar, type PresenceState } from '@/components/Avatar';
import { clockTime, dayKey, dayName } from '@/lib/time';
import type { Status, User } from '@/protocol/ops.gen';
import { isQuiet, statusOf } from './told';
import { useClock, usePerson } from './usePerson';

/** A person's badge as they chose it, with what is known of them now. */
export function PersonAvatar(props: {
  id: string;
  name: string;
  size?: 's' | 'm' | 'l';
  presence?: PresenceState | undefined;
}) {
  const user = usePerson(props.id);
  const now = useClock();
  return <Avatar {...props} colour={user?.colour} picture={user?.picture} quiet={isQuiet(user, now)} />;
}

/** "15:00", "Tuesday, 17 November, 9:00": when something is over. */
export function endWords(until: number, now: number): string {
  const time = clockTime(until);
  return dayKey(until - 1) === dayKey(now) ? time : i18n.t('{day}, {time}', { day: dayName(until, now), time });
}

/** "until 15:00": how long something holds. */
export function untilWords(until: number, now: number): string {
  return i18n.t('until {time}', { time: endWords(until, now) });
}

/** Beside the name of a program. */
export function BotSign({ user }: { user: Pick<User, 'bot'> | undefined }) {
  return user?.bot === true ? <span className="bot-sign">{i18n.t('Bot')}</span> : null;
}

/** The same of somebody whom a list of rooms or members told of. */
export function BotOf({ id }: { id: string }) {
  return <BotSign user={usePerson(id)} />;
}

/** The emoji of somebody's status beside their name; the words are in its tooltip, and told to screen readers. */
export function StatusSign({ id }: { id: string }) {
  const user = usePerson(id);
  const now = useClock();
  const status = statusOf(user, now);
  if (status === undefined) return null;
  const words = status.text === '' ? i18n.t('Status') : status.text;
  return (
    <span className="status-sign" title={status.text === '' ? undefined : `${signOf(status)} ${status.text}`}>
      <span aria-hidden="true">{signOf(status)}</span>
      <span className="visually-hidden">, {words}</span>
    </span>
  );
}

/** A status of words only has a sign, too. */
export function signOf(status: Status): string {
  return status.emoji === '' ? '💬' : status.emoji;
}

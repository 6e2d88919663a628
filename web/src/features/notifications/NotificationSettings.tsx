import { i18n } from '@lingui/core';
import { Trans } from '@lingui/react';
import { Link } from 'wouter';
import { Button } from '@/components/Button';
import { Icon } from '@/components/Icon';
import { paths } from '@/lib/paths';
import type { Room } from '@/protocol/ops.gen';
import { useChat, useStore } from '@/state/context';
import { roomName } from '@/state/names';
import { isHushed } from '@/state/notify';
import { useClock } from '../people/usePerson';
import { roomIcon } from '../rooms/roomIcon';
import type { PartProps } from '../settings/SettingsScreen';
import { useSaving } from '../settings/useSaving';
import { DeviceNotifications } from './DeviceNotifications';
import { Keywords } from './Keywords';
import { LEVELS, levelName, mutedWords, setRoomNotify } from './quiet';
import './notifications.css';

export function NotificationSettings({ me }: PartProps) {
  return (
    <>
      <h3 className="settings-sub is-first">{i18n.t('On this device')}</h3>
      <DeviceNotifications />
      <h3 className="settings-sub">{i18n.t('Rooms')}</h3>
      <p className="settings-lead">
        {i18n.t(
          'For rooms without a choice of their own. Direct messages and groups notify you of everything, unless you choose otherwise there.',
        )}
      </p>
      <DefaultLevel level={me.notify_rooms} />
      <h3 className="settings-sub">{i18n.t('Keywords')}</h3>
      <p className="settings-lead">{i18n.t('A message with one of these words calls you as if it named you.')}</p>
      <Keywords words={me.keywords} />
      <Exceptions />
      <p className="settings-none notify-end">
        <Trans
          id="At hours when nothing is to disturb you: <0>Do not disturb</0>."
          components={{ 0: <Link href={paths.settings('quiet')} /> }}
        />
      </p>
    </>
  );
}

function DefaultLevel({ level }: { level: PartProps['me']['notify_rooms'] }) {
  const { account } = useChat();
  const saving = useSaving();
  return (
    <fieldset className="choices" aria-label={i18n.t('What of rooms notifies me')}>
      {LEVELS.map((one) => (
        <label className="choice" key={one.level}>
          <input
            type="radio"
            name="notify-rooms"
            checked={one.level === level}
            onChange={() => saving.save(() => account.change({ notify_rooms: one.level }))}
          />
          <Icon name={one.level === 'none' ? 'bell_off' : one.level === 'all' ? 'bell' : 'message'} />
          <span>
            <b>{i18n.t(one.name)}</b>
            <small>{i18n.t(one.means)}</small>
          </span>
        </label>
      ))}
      {saving.error !== undefined && (
        <p className="field-error" role="alert">
          {saving.error.message}
        </p>
      )}
    </fieldset>
  );
}

/** Rooms that have something of their own. */
function Exceptions() {
  const chat = useChat();
  const rooms = useStore(chat.list.rooms);
  const now = useClock();
  const saving = useSaving();
  const own = [...rooms.values()]
    .filter((room) => room.notify !== undefined || isHushed(room, now))
    .sort((a, b) => roomName(a).localeCompare(roomName(b)));
  if (own.length === 0) return null;
  const reset = (room: Room): void =>
    saving.save(() => setRoomNotify(chat, room, { notify: 'default', quiet_until: 0 }));
  return (
    <>
      <h3 className="settings-sub">{i18n.t('Rooms with their own choice')}</h3>
      {saving.error !== undefined && (
        <p className="field-error" role="alert">
          {saving.error.message}
        </p>
      )}
      <ul className="pick-list notify-own">
        {own.map((room) => (
          <li className="pick" key={room.id}>
            <span className="side-sign">
              <Icon name={room.kind === 'dm' ? 'message' : roomIcon(room)} size={17} />
            </span>
            <span className="pick-text">
              <Link href={paths.room(room.id)} className="pick-name">
                <bdi>{roomName(room)}</bdi>
              </Link>
              <small>{wordsOf(room, now)}</small>
            </span>
            <Button
              type="button"
              className="btn btn-quiet"
              off={saving.busy}
              aria-label={i18n.t('As my default for {room}', { room: roomName(room) })}
              onClick={() => reset(room)}
            >
              {i18n.t('As my default')}
            </Button>
          </li>
        ))}
      </ul>
    </>
  );
}

function wordsOf(room: Room, now: number): string {
  const words = room.notify === undefined ? [] : [levelName(room.notify)];
  if (room.quiet_until !== undefined && isHushed(room, now)) words.push(mutedWords(room.quiet_until, now));
  return words.join(' · ');
}

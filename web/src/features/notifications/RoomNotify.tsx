import { i18n } from '@lingui/core';
import { useEffect, useState } from 'react';
import { Link } from 'wouter';
import { Button } from '@/components/Button';
import { Icon } from '@/components/Icon';
import { paths } from '@/lib/paths';
import type { Room } from '@/protocol/ops.gen';
import { useChat, useStore } from '@/state/context';
import { isHushed } from '@/state/notify';
import { useClock } from '../people/usePerson';
import { useSaving } from '../settings/useSaving';
import { type Level, levelOf } from './decide';
import { LEVELS, levelName, mutedWords, QUIET_FOR, setRoomNotify } from './quiet';
import './notifications.css';

/** What of a room notifies me, and for how long it is muted. Each choice is kept at once; muting is the end of it. */
export function RoomNotify({ room, onDone }: { room: Room; onDone: () => void }) {
  const chat = useChat();
  const saving = useSaving();
  const of_rooms = useStore(chat.account.me)?.notify_rooms ?? 'mentions';
  const now = useClock();
  const set = (body: Parameters<typeof setRoomNotify>[2], done?: () => void): void =>
    saving.save(async () => {
      await setRoomNotify(chat, room, body);
      done?.();
    });
  /** As it was just chosen, until the server has it or refuses. */
  const [chosen, setChosen] = useState<Level | 'default'>();
  // biome-ignore lint/correctness/useExhaustiveDependencies: that the room has another level is what ends the choice.
  useEffect(() => setChosen(undefined), [room.notify]);
  const choose = (notify: Level | 'default'): void => {
    if (saving.busy) return;
    setChosen(notify);
    saving.save(() =>
      setRoomNotify(chat, room, { notify }).catch((error: unknown) => {
        setChosen(undefined);
        throw error;
      }),
    );
  };
  const default_level = levelOf({ kind: room.kind }, of_rooms);
  return (
    <div className="notify-room">
      {room.quiet_until !== undefined && isHushed(room, now) ? (
        <div className="notify-muted" role="status">
          <Icon name="bell_off" size={17} />
          <span>{mutedWords(room.quiet_until, now)}</span>
          <Button type="button" className="btn btn-primary" off={saving.busy} onClick={() => set({ quiet_until: 0 })}>
            {i18n.t('Switch on')}
          </Button>
        </div>
      ) : (
        <fieldset className="notify-quiet">
          <legend className="notify-title">{i18n.t('Mute this room')}</legend>
          {QUIET_FOR.map(({ name, until }) => (
            <Button
              type="button"
              key={name.id}
              className="btn btn-quiet"
              off={saving.busy}
              onClick={() => set({ quiet_until: until(Date.now()) }, onDone)}
            >
              {i18n.t(name)}
            </Button>
          ))}
        </fieldset>
      )}
      <fieldset className="notify-levels">
        <legend className="notify-title">{i18n.t('Notify me of')}</legend>
        {[undefined, ...LEVELS.map((one) => one.level)].map((level) => (
          <LevelRow
            key={level ?? 'default'}
            level={level}
            means={level === undefined ? levelName(default_level) : undefined}
            on={(chosen ?? room.notify ?? 'default') === (level ?? 'default')}
            onChoose={() => choose(level ?? 'default')}
          />
        ))}
      </fieldset>
      {saving.error !== undefined && (
        <p className="field-error" role="alert">
          {saving.error.message}
        </p>
      )}
      <p className="notify-more">
        <Link href={paths.settings('notifications')} onClick={onDone}>
          {i18n.t('All notification settings')}
        </Link>
      </p>
    </div>
  );
}

interface LevelRowProps {
  /** undefined: as my default has it. */
  level: Level | undefined;
  means: string | undefined;
  on: boolean;
  onChoose: () => void;
}

function LevelRow({ level, means, on, onChoose }: LevelRowProps) {
  return (
    <label className="notify-level">
      <input type="radio" className="form-check-input" name="room-notify" checked={on} onChange={onChoose} />
      <span>
        {level === undefined ? i18n.t('As my default') : levelName(level)}
        {means !== undefined && <small> · {means}</small>}
      </span>
    </label>
  );
}

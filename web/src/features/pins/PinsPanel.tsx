import { i18n } from '@lingui/core';
import { useEffect, useRef, useState } from 'react';
import { saidOf } from '@/client/error';
import { Empty } from '@/components/Empty';
import { Icon } from '@/components/Icon';
import { SkeletonRows } from '@/components/Skeleton';
import { useKeepFocus } from '@/components/useKeepFocus';
import { usePanel } from '@/components/usePanel';
import { clockTime, dayName, fullTime } from '@/lib/time';
import type { Event } from '@/protocol/ops.gen';
import { useChat, useStore } from '@/state/context';
import { nameOf } from '@/state/names';
import { PersonAvatar } from '../people/Signs';
import { lineOf } from '../timeline/forward';
import { MessageText } from '../timeline/MessageText';
import type { Pins } from './usePins';

/** What a room keeps at hand. */
export function PinsPanel({
  pins,
  onJump,
  onClose,
}: {
  pins: Pins;
  onJump: (seq: number) => void;
  onClose: () => void;
}) {
  const { events, failed, reload } = pins;
  const list = useRef<HTMLDivElement>(null);
  useKeepFocus(list, '.pinned');
  const panel = useRef<HTMLElement>(null);
  usePanel(panel, onClose, true);
  return (
    <aside ref={panel} className="panel" aria-label={i18n.t('Pinned messages')}>
      <header className="top">
        <h2>{i18n.t('Pinned')}</h2>
        <p>{events !== undefined && i18n.number(events.length)}</p>
        <div className="top-tools">
          <button
            type="button"
            className="btn-icon"
            aria-label={i18n.t('Close pinned messages')}
            title={i18n.t('Close')}
            onClick={onClose}
          >
            <Icon name="close" />
          </button>
        </div>
      </header>
      <div className="panel-body" ref={list}>
        {events === undefined && !failed && <SkeletonRows count={3} tall />}
        {events === undefined && failed && (
          <Empty title={i18n.t('They could not be loaded.')}>
            <button type="button" className="btn btn-quiet" onClick={reload}>
              {i18n.t('Try again')}
            </button>
          </Empty>
        )}
        {events?.length === 0 && (
          <Empty icon="pin" title={i18n.t('Nothing is pinned.')}>
            <p>{i18n.t('Pin what people should find again: it is in the menu of each message.')}</p>
          </Empty>
        )}
        {events?.map((event) => (
          <Pin key={event.seq} event={event} onJump={onJump} />
        ))}
      </div>
    </aside>
  );
}

function Pin({ event, onJump }: { event: Event; onJump: (seq: number) => void }) {
  const chat = useChat();
  const users = useStore(chat.people.users);
  const [error, setError] = useState<string>();
  useEffect(() => chat.people.need([event.sender]), [chat, event.sender]);
  const name = nameOf(users.get(event.sender));
  const unpin = async (): Promise<void> => {
    try {
      await chat.conversation.acts.pin(event, false);
    } catch (cause) {
      setError(saidOf(cause));
    }
  };
  return (
    <article
      className="pinned"
      aria-label={i18n.t('Pinned: {person}, {time}', { person: name, time: clockTime(event.ts) })}
    >
      <header>
        <PersonAvatar id={event.sender} name={name} size="s" />
        <bdi className="msg-name">{name}</bdi>
        <time className="msg-time" dateTime={new Date(event.ts).toISOString()} title={fullTime(event.ts)}>
          {i18n.t('{day}, {time}', { day: dayName(event.ts, Date.now()), time: clockTime(event.ts) })}
        </time>
      </header>
      <div className="msg-text pinned-text">
        <MessageText text={lineOf(event)} />
      </div>
      {error !== undefined && (
        <p className="field-error" role="alert">
          {error}
        </p>
      )}
      <footer>
        <button type="button" className="btn-link" onClick={() => onJump(event.seq)}>
          {i18n.t('Show in the room')}
        </button>
        <button type="button" className="btn-link btn-link-quiet" onClick={() => void unpin()}>
          {i18n.t('Take the pin away')}
        </button>
      </footer>
    </article>
  );
}

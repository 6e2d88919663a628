import { i18n } from '@lingui/core';
import { useEffect, useState } from 'react';
import { Link } from 'wouter';
import { Icon } from '@/components/Icon';
import { paths } from '@/lib/paths';
import type { LaterItem } from '@/protocol/ops.gen';
import { useChat, useStore } from '@/state/context';
import { roomLabel } from '@/state/names';
import { reminders, watchReminders } from '@/state/reminders';
import { addressOf, GONE, wordsOf } from './LaterRow';
import './later.css';

/** So many are shown at once; the rest is in the list. */
const SHOWN = 3;
const HOUR_MS = 60 * 60 * 1000;

/** Reminders that have come up, until they are answered here or at another device. */
export function Reminders() {
  const chat = useChat();
  const { later } = chat.conversation;
  const [raised, setRaised] = useState<readonly string[]>([]);
  const due = useStore(later.due);
  useEffect(() => {
    const undo = reminders.on('due', (item) => setRaised((before) => [item.id, ...before]));
    const end = watchReminders(chat.me.id, later);
    later.soon(0);
    return () => {
      undo();
      end();
    };
  }, [chat.me.id, later]);
  const shown = raised.flatMap((id) => due?.find((item) => item.id === id) ?? []).slice(0, SHOWN);
  const close = (item: LaterItem): void => setRaised((before) => before.filter((id) => id !== item.id));
  return (
    <section className="reminders" aria-label={i18n.t('Reminders')} aria-live="assertive">
      {shown.map((item) => (
        <Reminder key={item.id} item={item} onClose={() => close(item)} />
      ))}
    </section>
  );
}

function Reminder({ item, onClose }: { item: LaterItem; onClose: () => void }) {
  const chat = useChat();
  const { later } = chat.conversation;
  const room = useStore(chat.list.rooms).get(item.room);
  const { event, note, seq } = item;
  const href = event === undefined ? paths.room(item.room) : addressOf(event);
  const words = note ?? (event === undefined ? i18n.t(GONE) : wordsOf(event));
  // What could not be told to the server stays due in the list.
  const act = (work: Promise<unknown>): void => {
    work.catch(() => {});
    onClose();
  };
  return (
    <article className="reminder">
      <Icon name="clock" size={18} />
      <div className="reminder-main">
        <p className="reminder-title">
          {i18n.t('Reminder')} <bdi>{room === undefined ? '' : roomLabel(room)}</bdi>
        </p>
        <p className="reminder-text">{words}</p>
        <p className="reminder-ways">
          {(event !== undefined || seq === undefined) && (
            <Link href={href} className="btn-link" onClick={onClose}>
              {i18n.t('Open')}
            </Link>
          )}
          <button type="button" className="btn-link" onClick={() => act(later.change(item.id, { done: true }))}>
            {i18n.t('Done')}
          </button>
          <button
            type="button"
            className="btn-link btn-link-quiet"
            onClick={() => act(later.change(item.id, { remind_at: Date.now() + HOUR_MS }))}
          >
            {i18n.t('In 1 hour')}
          </button>
        </p>
      </div>
      <button type="button" className="btn-icon btn-icon-s" aria-label={i18n.t('Close')} onClick={onClose}>
        <Icon name="close" size={16} />
      </button>
    </article>
  );
}

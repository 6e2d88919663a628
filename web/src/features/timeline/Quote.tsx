import { i18n } from '@lingui/core';
import { useEffect, useState } from 'react';
import { Icon } from '@/components/Icon';
import { excerpt } from '@/lib/text';
import type { Event } from '@/protocol/ops.gen';
import { useChat, useStore } from '@/state/context';
import { nameOf } from '@/state/names';
import { useBlocks } from '../people/Author';
import { lineOf } from './forward';

/** A message of the room by its seq, as it is now: the log's when it holds it, else asked for. */
export function useMessage(room: string, seq: number): Event | 'gone' | undefined {
  const chat = useChat();
  const { acts, quotes } = chat.conversation;
  const { events } = useStore(chat.log(room).view);
  const found = useStore(quotes.found).get(`${room}.${seq}`);
  const done = useStore(acts.done);
  const held = events[seq - (events[0]?.seq ?? 0)];
  useEffect(() => {
    if (held === undefined) quotes.need(room, seq);
  }, [held, quotes, room, seq]);
  const message = held ?? found;
  return message === undefined || message === 'gone' ? message : acts.shown(message, done);
}

/** The message that another one answers, above it. A click goes there. */
export function Quote({ room, seq, onJump }: { room: string; seq: number; onJump: (seq: number) => void }) {
  const message = useMessage(room, seq);
  // What was shown before its words were known has the place of one line, and keeps to it.
  const [late] = useState(message === undefined);
  const classes = late ? 'quote quote-late' : 'quote';
  if (message === undefined || message === 'gone' || message.state?.deleted === true) {
    return <div className={`${classes} quote-empty`}>{message === undefined ? '…' : whyEmpty(message)}</div>;
  }
  return (
    <button type="button" className={classes} title={i18n.t('Go to this message')} onClick={() => onJump(seq)}>
      <QuotedWords message={message} />
    </button>
  );
}

function whyEmpty(message: Event | 'gone'): string {
  return message === 'gone' ? i18n.t('A message that cannot be shown.') : i18n.t('A message that was deleted.');
}

function QuotedWords({ message }: { message: Event }) {
  const chat = useChat();
  const users = useStore(chat.people.users);
  const blocked = useBlocks(message.sender);
  useEffect(() => chat.people.need([message.sender]), [chat, message.sender]);
  if (blocked) return <span className="quote-text">{i18n.t('Message of a blocked person')}</span>;
  return (
    <>
      <bdi className="quote-who">{nameOf(users.get(message.sender))}</bdi>
      <span className="quote-text" dir="auto">
        {excerpt(lineOf(message))}
      </span>
    </>
  );
}

/** Above the composer: what the next message answers. */
export function QuoteBar({ message, onClose }: { message: Event; onClose: () => void }) {
  return (
    <div className="quote-bar">
      <Icon name="reply" size={16} />
      <div className="quote">
        <QuotedWords message={message} />
      </div>
      <button
        type="button"
        className="btn-icon btn-icon-s"
        aria-label={i18n.t('Do not quote')}
        title={i18n.t('Do not quote')}
        onClick={onClose}
      >
        <Icon name="close" size={16} />
      </button>
    </div>
  );
}

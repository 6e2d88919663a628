import { useEffect } from 'react';
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
  if (message === undefined) return <div className="quote quote-empty">…</div>;
  if (message === 'gone') return <div className="quote quote-empty">A message that cannot be shown.</div>;
  if (message.state?.deleted === true) return <div className="quote quote-empty">A message that was deleted.</div>;
  return (
    <button type="button" className="quote" title="Go to this message" onClick={() => onJump(seq)}>
      <QuotedWords message={message} />
    </button>
  );
}

function QuotedWords({ message }: { message: Event }) {
  const chat = useChat();
  const users = useStore(chat.people.users);
  const blocked = useBlocks(message.sender);
  useEffect(() => chat.people.need([message.sender]), [chat, message.sender]);
  if (blocked) return <span className="quote-text">Message of a blocked person</span>;
  return (
    <>
      <bdi className="quote-who">{nameOf(users.get(message.sender))}</bdi>
      <span className="quote-text">{excerpt(lineOf(message))}</span>
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
        aria-label="Do not quote"
        title="Do not quote"
        onClick={onClose}
      >
        <Icon name="close" size={16} />
      </button>
    </div>
  );
}

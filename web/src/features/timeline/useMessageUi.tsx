import { i18n } from '@lingui/core';
import { type ReactNode, useEffect, useMemo, useRef, useState } from 'react';
import { ApiError } from '@/client/error';
import { Icon } from '@/components/Icon';
import { copyText } from '@/lib/clipboard';
import { paths } from '@/lib/paths';
import { soon } from '@/lib/soon';
import type { Event, Room } from '@/protocol/ops.gen';
import { useChat } from '@/state/context';
import { noteEmoji } from '../emoji/memory';
import type { MessageActions } from './actions';
import { wordsIn } from './forward';
import type { OpenLayer } from './MessageLayer';

const MessageLayer = soon(async () => (await import('../opened')).MessageLayer);

export interface Surroundings {
  reply: (event: Event) => void;
  thread: ((event: Event) => void) | undefined;
  jump: (seq: number) => void;
  /** Editing ended: the focus goes back to where things are written. */
  focus: () => void;
}

const NOTICE_MS = 4_000;

/** The acts of one surface, what they open, and what went wrong. */
export function useMessageUi(
  room: Room,
  around: Surroundings,
): { actions: MessageActions; editing: number | undefined; layers: ReactNode } {
  const chat = useChat();
  const [open, setOpen] = useState<OpenLayer>();
  const [editing, setEditing] = useState<number>();
  const [notice, setNotice] = useNotice();
  const texts = useRef(new Map<number, string>());
  const latest = useRef(around);
  latest.current = around;
  const threads = around.thread !== undefined;

  const actions = useMemo((): MessageActions => {
    const { acts, later } = chat.conversation;
    const attempt = (work: Promise<unknown>, done?: string): void => {
      work
        .then(() => done !== undefined && setNotice(done))
        .catch((cause) =>
          setNotice(cause instanceof ApiError ? cause.message : i18n.t('Something went wrong. Try again.')),
        );
    };
    const copy = async (text: string, done: string): Promise<void> => {
      setNotice((await copyText(text)) ? done : i18n.t('The browser did not let it be copied.'));
    };
    const linkOf = (seq: number): string => location.origin + paths.message(room.id, seq);
    return {
      retry: (cmid) => chat.outbox.retry(cmid),
      discard: (cmid) => chat.outbox.discard(cmid),
      linkOf,
      react: (event, emoji, on) => {
        if (on) noteEmoji(chat.me.id, emoji);
        attempt(acts.react(event, emoji, on));
      },
      pick: (event, beside) => setOpen({ kind: 'pick', event, beside }),
      menu: (event, row, at) => setOpen({ kind: 'menu', event, row, at }),
      reply: (event) => latest.current.reply(event),
      thread: threads ? (event) => latest.current.thread?.(event) : undefined,
      unread: threads ? (event) => attempt(chat.reading.markUnread(room.id, event.seq)) : undefined,
      edit: (event) => setEditing(event.seq),
      edited: () => {
        setEditing((seq) => {
          if (seq !== undefined) texts.current.delete(seq);
          return undefined;
        });
        latest.current.focus();
      },
      editText: (event) => texts.current.get(event.seq) ?? event.body,
      noteEdit: (event, text) => texts.current.set(event.seq, text),
      remove: (event) => setOpen({ kind: 'remove', event }),
      pin: (event, on) => attempt(acts.pin(event, on)),
      unpreview: (event) => attempt(acts.unpreview(event)),
      report: (event) => setOpen({ kind: 'report', event }),
      history: (event) => setOpen({ kind: 'history', event }),
      keep: (event) => attempt(later.keep(event), i18n.t('Kept for later.')),
      remind: (event, at) => setOpen({ kind: 'remind', event, at }),
      forward: (event) => setOpen({ kind: 'forward', event }),
      seen: (event) => setOpen({ kind: 'seen', event }),
      copyLink: (event) => void copy(linkOf(event.seq), i18n.t('The link is copied.')),
      copyText: (event) => void copy(wordsIn(event), i18n.t('The text is copied.')),
      jump: (seq) => latest.current.jump(seq),
    };
  }, [chat, room.id, threads, setNotice]);

  const layers = (
    <>
      {open !== undefined && (
        <MessageLayer
          room={room}
          open={open}
          actions={actions}
          onClose={() => setOpen(undefined)}
          onNotice={setNotice}
        />
      )}
      <div className="notice-place" role="status">
        {notice !== undefined && (
          <div className="notice">
            <Icon name="info" size={16} />
            {notice}
          </div>
        )}
      </div>
    </>
  );
  return { actions, editing, layers };
}

/** A few words that go by themselves. */
function useNotice(): [string | undefined, (words: string) => void] {
  const [notice, setNotice] = useState<{ words: string }>();
  useEffect(() => {
    if (notice === undefined) return;
    const timer = setTimeout(() => setNotice(undefined), NOTICE_MS);
    return () => clearTimeout(timer);
  }, [notice]);
  return [notice?.words, useMemo(() => (words: string) => setNotice({ words }), [])];
}

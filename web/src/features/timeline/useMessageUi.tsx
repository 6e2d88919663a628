import { lazy, type ReactNode, Suspense, useEffect, useMemo, useRef, useState } from 'react';
import { ApiError } from '@/client/error';
import type { Anchor } from '@/components/Floating';
import { Icon } from '@/components/Icon';
import { copyText } from '@/lib/clipboard';
import { paths } from '@/lib/paths';
import type { Event, Room } from '@/protocol/ops.gen';
import { useChat } from '@/state/context';
import { EmojiPicker } from '../emoji/EmojiPicker';
import { noteEmoji } from '../emoji/memory';
import type { MessageActions } from './actions';
import { wordsIn } from './forward';

// Not needed for the first messages to be read.
const DeleteMessage = lazy(async () => ({ default: (await import('./DeleteMessage')).DeleteMessage }));
const EditHistory = lazy(async () => ({ default: (await import('./EditHistory')).EditHistory }));
const ForwardDialog = lazy(async () => ({ default: (await import('../later/parts')).ForwardDialog }));
const SeenBy = lazy(async () => ({ default: (await import('../later/parts')).SeenBy }));
const TimeMenu = lazy(async () => ({ default: (await import('../later/parts')).TimeMenu }));
const ReportMessage = lazy(async () => ({ default: (await import('../reports/ReportMessage')).ReportMessage }));
const MessageMenu = lazy(async () => ({ default: (await import('./MessageMenu')).MessageMenu }));

type Open =
  | { kind: 'menu'; event: Event; row: HTMLElement | null; at: Anchor }
  | { kind: 'pick'; event: Event; beside: HTMLElement | null }
  | { kind: 'remind'; event: Event; at: Anchor }
  | { kind: 'remove' | 'history' | 'forward' | 'seen' | 'report'; event: Event }
  | undefined;

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
  const [open, setOpen] = useState<Open>();
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
        .catch((cause) => setNotice(cause instanceof ApiError ? cause.message : 'Something went wrong. Try again.'));
    };
    const copy = async (text: string, done: string): Promise<void> => {
      setNotice((await copyText(text)) ? done : 'The browser did not let it be copied.');
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
      keep: (event) => attempt(later.keep(event), 'Kept for later.'),
      remind: (event, at) => setOpen({ kind: 'remind', event, at }),
      forward: (event) => setOpen({ kind: 'forward', event }),
      seen: (event) => setOpen({ kind: 'seen', event }),
      copyLink: (event) => void copy(linkOf(event.seq), 'The link is copied.'),
      copyText: (event) => void copy(wordsIn(event), 'The text is copied.'),
      jump: (seq) => latest.current.jump(seq),
    };
  }, [chat, room.id, threads, setNotice]);

  const close = (): void => setOpen(undefined);
  const remind = (event: Event, at: number): void => {
    close();
    const kept = chat.conversation.later.keep(event, at);
    kept.then(
      () => setNotice('You will be reminded.'),
      (cause) => setNotice(cause instanceof ApiError ? cause.message : 'Something went wrong. Try again.'),
    );
  };
  const layers = (
    <>
      <Suspense>
        {open?.kind === 'menu' && <MessageMenu room={room} {...open} actions={actions} onClose={close} />}
        {open?.kind === 'pick' && (
          <EmojiPicker
            own
            anchor={open.beside}
            onClose={close}
            onPick={(emoji) => actions.react(open.event, emoji, true)}
          />
        )}
        {open?.kind === 'remove' && <DeleteMessage event={open.event} onClose={close} />}
        {open?.kind === 'remind' && (
          <TimeMenu title="Remind me" anchor={open.at} onPick={(at) => remind(open.event, at)} onClose={close} />
        )}
        {open?.kind === 'forward' && <ForwardDialog event={open.event} onClose={close} />}
        {open?.kind === 'seen' && <SeenBy room={room} event={open.event} onClose={close} />}
        {open?.kind === 'report' && (
          <ReportMessage
            event={open.event}
            onClose={close}
            onDone={() => setNotice('Thank you. It will be looked at.')}
          />
        )}
        {open?.kind === 'history' && <EditHistory event={open.event} onClose={close} />}
      </Suspense>
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

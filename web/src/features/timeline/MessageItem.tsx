import { lazy, memo, type ReactNode, Suspense, useState } from 'react';
import { filesOf, namesMe } from '@/client/message_state';
import type { OutboxFile } from '@/client/outbox_store';
import { pollOf } from '@/client/poll_state';
import { Icon, type IconName } from '@/components/Icon';
import type { Store } from '@/lib/store';
import { clockTime, fullTime } from '@/lib/time';
import type { Event } from '@/protocol/ops.gen';
import { FilesWait } from '../files/FilesWait';
import { cardHeight } from '../links/height';
import { AuthorBadge, AuthorName, useBlocks } from '../people/Author';
import { FoldedMessage } from '../people/FoldedMessage';
import type { MessageActions } from './actions';
import { EditBox } from './EditBox';
import { Forwarded } from './Forwarded';
import { forwardOf } from './forward';
import { MessageText } from './MessageText';
import { MessageTools } from './MessageTools';
import { Quote } from './Quote';
import { Reactions } from './Reactions';
import type { Delivery } from './rows';
import { ThreadLine } from './ThreadLine';

// Not needed for the first messages to be read.
const PollCard = lazy(async () => ({ default: (await import('../polls/PollCard')).PollCard }));
const MessageFiles = lazy(async () => ({ default: (await import('../files/MessageFiles')).MessageFiles }));
const LinkCard = lazy(async () => ({ default: (await import('../links/LinkCard')).LinkCard }));
const StickerView = lazy(async () => ({ default: (await import('../stickers/StickerView')).StickerView }));

interface Props {
  row_key: string;
  room: string;
  me: string;
  sender: string;
  name: string;
  body: string;
  ts: number;
  seq: number | undefined;
  state: Delivery;
  cmid: string | undefined;
  code: string | undefined;
  /** Of a message that is not stored. */
  files: readonly OutboxFile[] | undefined;
  head: boolean;
  /** My last message in its state: its tick is always shown. */
  ticked: boolean;
  /** Only one other person can read it. */
  one_reader: boolean;
  target: boolean;
  /** The message as it is now, once it is stored. */
  event: Event | undefined;
  quote: number | undefined;
  repliers: string | undefined;
  editing: boolean;
  actions: MessageActions;
  active: Store<string | undefined>;
}

/** One message. All props stay the same values while the message does, so that a row is only drawn again when something of
 *  its own changed. */
export const MessageItem = memo(function MessageItem(props: Props) {
  const blocked = useBlocks(props.sender);
  const [shown, setShown] = useState(false);
  if (blocked && !shown) {
    return <FoldedMessage row_key={props.row_key} seq={props.seq} onShow={() => setShown(true)} />;
  }
  return <Message {...props} />;
});

function Message(props: Props) {
  const { row_key, sender, name, ts, seq, state, head, me, ticked, target, event, actions } = props;
  const classes = ['msg', head ? 'msg-head' : 'msg-more', `msg-${state}`];
  if (ticked) classes.push('msg-ticked');
  if (event !== undefined && namesMe(event, me)) classes.push('msg-mention');
  if (target) classes.push('msg-target');
  if (props.editing) classes.push('msg-editing');
  return (
    <article
      className={classes.join(' ')}
      data-key={row_key}
      data-msg-seq={seq}
      data-state={state}
      aria-label={`${name}, ${clockTime(ts)}`}
      tabIndex={-1}
    >
      <div className="msg-gutter">
        {head ? <AuthorBadge id={sender} name={name} /> : <MessageTime ts={ts} className="msg-side-time" />}
      </div>
      <div className="msg-main">
        {head && (
          <header className="msg-who">
            <AuthorName id={sender} name={name} />
            <MessageTime ts={ts} className="msg-time" />
          </header>
        )}
        <Words {...props} />
        {event?.state !== undefined && <Attached {...props} event={event} />}
        {state === 'failed' && <Failed {...props} />}
      </div>
      {event !== undefined && !props.editing && (
        <MessageTools row_key={row_key} event={event} actions={actions} active={props.active} />
      )}
    </article>
  );
}

/** What the message says, or that it does not any more. */
function Words(props: Props): ReactNode {
  const { actions, body, editing, event, me, one_reader, quote, room, sender, state } = props;
  if (event?.state?.deleted === true) {
    return (
      <p className="msg-gone">
        <Icon name="trash" size={15} />
        This message was deleted.
      </p>
    );
  }
  const forward = forwardOf(event);
  const files = event === undefined ? (props.files ?? []) : filesOf(event);
  const beside = files.length > 0 && (
    <Suspense fallback={<FilesWait files={files} />}>
      <MessageFiles files={files} room={room} event={event} onCancel={cancelOf(props)} />
    </Suspense>
  );
  if (editing && event !== undefined) {
    return (
      <>
        <EditBox event={event} actions={actions} />
        {beside}
      </>
    );
  }
  return (
    <>
      {event?.state?.pinned === true && (
        <p className="msg-pinned">
          <Icon name="pin" size={14} />
          Pinned
        </p>
      )}
      {quote !== undefined && <Quote room={room} seq={quote} onJump={actions.jump} />}
      <div className="msg-body">
        {forward !== undefined && <Forwarded forward={forward} />}
        {((forward === undefined && files.length === 0) || body !== '') && (
          <div className="msg-text">
            <Said body={body} event={event} />
          </div>
        )}
        {beside}
        {event?.state?.edited_at !== undefined && (
          <button
            type="button"
            className="msg-edited"
            title={`Edited ${fullTime(event.state.edited_at)}`}
            onClick={() => actions.history(event)}
          >
            (edited)
          </button>
        )}
        {sender === me && state !== 'failed' && <Tick state={state} one_reader={one_reader} />}
      </div>
    </>
  );
}

/** What is still on its way can be given up. */
function cancelOf({ actions, cmid, event, state }: Props): (() => void) | undefined {
  return event === undefined && state === 'pending' && cmid !== undefined ? () => actions.discard(cmid) : undefined;
}

/** Whatever is more than a text has one, too: it is shown until what draws it is there. */
function Said({ body, event }: { body: string; event: Event | undefined }) {
  const text = <MessageText text={body} />;
  const sticker = event?.data?.sticker;
  if (event !== undefined && pollOf(event) !== undefined)
    return (
      <Suspense fallback={text}>
        <PollCard event={event} />
      </Suspense>
    );
  if (sticker === undefined) return text;
  return (
    <Suspense fallback={text}>
      <StickerView sticker={sticker} text={text} />
    </Suspense>
  );
}

/** What hangs below a message: what its link leads to, reactions, and its thread. */
function Attached({ event, actions, me, repliers }: Props & { event: Event }) {
  const { preview, reactions = [], replies = 0 } = event.state ?? {};
  return (
    <>
      {preview !== undefined && (
        <Suspense fallback={<div style={{ height: `${cardHeight(preview) + 8}px` }} />}>
          <LinkCard event={event} preview={preview} mine={event.sender === me} actions={actions} />
        </Suspense>
      )}
      {reactions.length > 0 && <Reactions event={event} actions={actions} />}
      {replies > 0 && actions.thread !== undefined && (
        <ThreadLine event={event} repliers={repliers} onOpen={actions.thread} />
      )}
    </>
  );
}

function MessageTime({ ts, className }: { ts: number; className: string }) {
  return (
    <time className={className} dateTime={new Date(ts).toISOString()} title={fullTime(ts)}>
      {clockTime(ts)}
    </time>
  );
}

type Tickable = Exclude<Delivery, 'failed'>;

const TICKS: Record<Tickable, { icon: IconName; words: string; many?: string }> = {
  pending: { icon: 'clock', words: 'Sending' },
  sent: { icon: 'check', words: 'Sent' },
  delivered: { icon: 'checks', words: 'Delivered', many: 'Delivered to somebody' },
  read: { icon: 'checks', words: 'Read', many: 'Read by somebody' },
};

function Tick({ state, one_reader }: { state: Tickable; one_reader: boolean }) {
  const tick = TICKS[state];
  const words = (one_reader ? undefined : tick.many) ?? tick.words;
  return (
    <span className={`tick tick-${state}`} title={words}>
      <Icon name={tick.icon} size={16} />
      <span className="visually-hidden">{words}</span>
    </span>
  );
}

const WHY: Record<string, string> = {
  not_member: 'You are not in this room any more.',
  room_not_found: 'This room is gone.',
  forbidden: 'You may not write here.',
  too_large: 'It is too long.',
  message_not_found: 'What it answers is not there.',
  blocked: 'This person does not take messages from you.',
  muted: 'You are muted here for now.',
  slow_mode: 'Wait a little between two messages here.',
  archived: 'This room is archived.',
  refused: 'The server refused it.',
  file_unknown: 'A file is with the server no more. Retry sends it again.',
  file_lost: 'A file is not on this device any more. Attach it again.',
  file_too_large: 'A file is larger than this server takes.',
  quota_exceeded: 'These files would take more space than you or this room have.',
  too_many_uploads: 'Too many of your files are on their way.',
};

function Failed({ cmid, code, actions }: Props) {
  if (cmid === undefined) return null;
  return (
    <div className="msg-retry" role="alert">
      <Icon name="alert" size={15} />
      <span>Not sent. {WHY[code ?? ''] ?? 'Try again.'}</span>
      <span className="msg-retry-ways">
        <button type="button" className="btn-link" onClick={() => actions.retry(cmid)}>
          Retry
        </button>
        <button type="button" className="btn-link btn-link-quiet" onClick={() => actions.discard(cmid)}>
          Delete
        </button>
      </span>
    </div>
  );
}

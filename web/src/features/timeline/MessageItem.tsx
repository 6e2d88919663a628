import { i18n, type MessageDescriptor } from '@lingui/core';
import { memo, type ReactNode, Suspense, use, useCallback, useState, useSyncExternalStore } from 'react';
import { callsMe, filesOf, withMyGroups } from '@/client/message_state';
import type { OutboxFile } from '@/client/outbox_store';
import { pollOf } from '@/client/poll_state';
import type { Anchor } from '@/components/Floating';
import { Icon, type IconName } from '@/components/Icon';
import { late } from '@/lib/late';
import { soon } from '@/lib/soon';
import type { Store } from '@/lib/store';
import { clockTime, fullTime, shortClockTime } from '@/lib/time';
import type { Event } from '@/protocol/ops.gen';
import { SessionContext } from '@/state/context';
import { FilesWait } from '../files/FilesWait';
import { cardHeight } from '../links/height';
import { AuthorBadge, AuthorName, useBlocks } from '../people/Author';
import { FoldedMessage } from '../people/FoldedMessage';
import type { MessageActions } from './actions';
import { Forwarded } from './Forwarded';
import { forwardOf } from './forward';
import { MessageText } from './MessageText';
import { MessageTools } from './MessageTools';
import { Quote } from './Quote';
import { Reactions } from './Reactions';
import type { Delivery } from './rows';
import { ThreadLine } from './ThreadLine';

// Not needed for the first messages to be read.
const EditBox = soon(
  async () => (await import('../opened')).EditBox,
  ({ event }) => <MessageText text={event.body} />,
);
const Failed = soon(async () => (await import('../opened')).Failed);
const PollCard = late(async () => (await import('../polls/PollCard')).PollCard);
const MessageFiles = late(async () => (await import('../files/MessageFiles')).MessageFiles);
const LinkCard = late(async () => (await import('../links/LinkCard')).LinkCard);
const WhereIsIt = late(async () => (await import('../connection/WhereIsIt')).WhereIsIt);
const StickerView = late(async () => (await import('../stickers/StickerView')).StickerView);

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
  if (sender === me) classes.push('msg-own');
  if (ticked) classes.push('msg-ticked');
  if (useCallsMe(event, me)) classes.push('msg-mention');
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
      <div className="msg-gutter">{head ? <AuthorBadge id={sender} name={name} /> : <MessageTime ts={ts} side />}</div>
      <div className="msg-main">
        {head && (
          <header className="msg-who">
            <AuthorName id={sender} name={name} />
            <MessageTime ts={ts} />
          </header>
        )}
        <Words {...props} />
        {event?.state !== undefined && <Attached {...props} event={event} />}
        {state === 'failed' && props.cmid !== undefined && (
          <Failed cmid={props.cmid} code={props.code} actions={actions} />
        )}
      </div>
      {event !== undefined && !props.editing && (
        <MessageTools row_key={row_key} event={event} actions={actions} active={props.active} />
      )}
    </article>
  );
}

const still = (): (() => void) => () => {};

/** Which groups I am in may be known later than the message is. */
function useCallsMe(event: Event | undefined, me: string): boolean {
  const mine = use(SessionContext)?.chat.account.me;
  return useSyncExternalStore(
    mine?.subscribe ?? still,
    () => event !== undefined && callsMe(withMyGroups(event, me, mine?.get()?.groups ?? []), me),
  );
}

/** What the message says, or that it does not any more. */
function Words(props: Props): ReactNode {
  const { actions, body, editing, event, me, one_reader, quote, room, sender, state } = props;
  if (event?.state?.deleted === true) {
    return (
      <p className="msg-gone">
        <Icon name="trash" size={15} />
        {i18n.t('This message was deleted.')}
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
          {i18n.t('Pinned')}
        </p>
      )}
      <div className="msg-body">
        {quote !== undefined && <Quote room={room} seq={quote} onJump={actions.jump} />}
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
            title={i18n.t('Edited {time}', { time: fullTime(event.state.edited_at) })}
            onClick={() => actions.history(event)}
          >
            {i18n.t('(edited)')}
          </button>
        )}
        {sender === me && state !== 'failed' && <Tick state={state} one_reader={one_reader} cmid={props.cmid} />}
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
  const text = <MessageText text={body} groups={event?.data?.groups} />;
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

/** `side`: in the narrow space before a message that has no head of its own. */
function MessageTime({ ts, side = false }: { ts: number; side?: boolean }) {
  return (
    <time className={side ? 'msg-side-time' : 'msg-time'} dateTime={new Date(ts).toISOString()} title={fullTime(ts)}>
      {side ? shortClockTime(ts) : clockTime(ts)}
    </time>
  );
}

type Tickable = Exclude<Delivery, 'failed'>;

const TICKS: Record<Tickable, { icon: IconName; words: MessageDescriptor; many?: MessageDescriptor }> = {
  pending: { icon: 'clock', words: /*i18n*/ { id: 'Sending' } },
  sent: { icon: 'check', words: /*i18n*/ { id: 'Sent' } },
  delivered: { icon: 'checks', words: /*i18n*/ { id: 'Delivered' }, many: /*i18n*/ { id: 'Delivered to somebody' } },
  read: {
    icon: 'checks',
    words: /*i18n*/ { id: 'read (message)', message: 'Read', comment: 'It was read' },
    many: /*i18n*/ { id: 'Read by somebody' },
  },
};

interface TickProps {
  state: Tickable;
  one_reader: boolean;
  cmid: string | undefined;
}

/** How far my message has come; where it is, for who asks while it has no answer. */
function Tick({ state, one_reader, cmid }: TickProps) {
  const [anchor, setAnchor] = useState<Anchor>();
  const close = useCallback(() => setAnchor(undefined), []);
  const tick = TICKS[state];
  const words = i18n.t((one_reader ? undefined : tick.many) ?? tick.words);
  const sign = (
    <>
      <Icon name={tick.icon} size={16} />
      <span className="visually-hidden">{words}</span>
    </>
  );
  if (state !== 'pending' || cmid === undefined) {
    return (
      <span className={`tick tick-${state}`} title={words}>
        {sign}
      </span>
    );
  }
  return (
    <>
      <button
        type="button"
        className="tick tick-pending"
        title={words}
        aria-haspopup="dialog"
        onClick={(event) => {
          const { left, top, right, bottom } = event.currentTarget.getBoundingClientRect();
          setAnchor({ left, top, right, bottom });
        }}
      >
        {sign}
      </button>
      {anchor !== undefined && (
        <Suspense>
          <WhereIsIt cmid={cmid} anchor={anchor} onClose={close} />
        </Suspense>
      )}
    </>
  );
}

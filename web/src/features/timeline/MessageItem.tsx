import { memo, useEffect, useState } from 'react';
import { Avatar } from '@/components/Avatar';
import { Icon, type IconName } from '@/components/Icon';
import { copyText } from '@/lib/clipboard';
import { clockTime, fullTime } from '@/lib/time';
import { MessageText } from './MessageText';
import type { MessageState } from './rows';

export interface MessageActions {
  retry: (cmid: string) => void;
  discard: (cmid: string) => void;
  linkOf: (seq: number) => string;
}

interface Props {
  row_key: string;
  sender: string;
  name: string;
  body: string;
  ts: number;
  seq: number | undefined;
  state: MessageState;
  cmid: string | undefined;
  code: string | undefined;
  head: boolean;
  mine: boolean;
  /** My last message in its state: its tick is always shown. */
  ticked: boolean;
  /** Only one other person can read it. */
  one_reader: boolean;
  target: boolean;
  actions: MessageActions;
}

/** One message. All props are plain values, so that a row is only drawn again when something of its own changed. */
export const MessageItem = memo(function MessageItem(props: Props) {
  const { row_key, sender, name, body, ts, seq, state, head, mine, ticked, one_reader, target, actions } = props;
  const classes = ['msg', head ? 'msg-head' : 'msg-more', `msg-${state}`];
  if (ticked) classes.push('msg-ticked');
  if (target) classes.push('msg-target');
  return (
    <article
      className={classes.join(' ')}
      data-key={row_key}
      data-msg-seq={seq}
      data-state={state}
      aria-label={`${name}, ${clockTime(ts)}`}
    >
      <div className="msg-gutter">
        {head ? <Avatar id={sender} name={name} /> : <MessageTime ts={ts} className="msg-side-time" />}
      </div>
      <div className="msg-main">
        {head && (
          <header className="msg-who">
            <bdi className="msg-name">{name}</bdi>
            <MessageTime ts={ts} className="msg-time" />
          </header>
        )}
        <div className="msg-body">
          <div className="msg-text">
            <MessageText text={body} />
          </div>
          {mine && state !== 'failed' && <Tick state={state} one_reader={one_reader} />}
        </div>
        {state === 'failed' && <Failed {...props} />}
      </div>
      {seq !== undefined && (
        <div className="msg-tools">
          <CopyLink link={() => actions.linkOf(seq)} />
        </div>
      )}
    </article>
  );
});

const COPIED_MS = 1_500;

function CopyLink({ link }: { link: () => string }) {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), COPIED_MS);
    return () => clearTimeout(timer);
  }, [copied]);
  const copy = async (): Promise<void> => setCopied(await copyText(link()));
  return (
    <button
      type="button"
      className="btn-icon"
      aria-label="Copy link to this message"
      title="Copy link"
      onClick={() => void copy()}
    >
      <Icon name={copied ? 'check' : 'link'} size={17} />
    </button>
  );
}

function MessageTime({ ts, className }: { ts: number; className: string }) {
  return (
    <time className={className} dateTime={new Date(ts).toISOString()} title={fullTime(ts)}>
      {clockTime(ts)}
    </time>
  );
}

type Tickable = Exclude<MessageState, 'failed'>;

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
  refused: 'The server refused it.',
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

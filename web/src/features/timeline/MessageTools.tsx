import { i18n } from '@lingui/core';
import { useSyncExternalStore } from 'react';
import { Icon } from '@/components/Icon';
import type { Store } from '@/lib/store';
import type { Event } from '@/protocol/ops.gen';
import { useChat } from '@/state/context';
import { EmojiSign } from '../custom/EmojiSign';
import { recentEmoji } from '../emoji/memory';
import type { MessageActions } from './actions';

/** So many of the emoji used last are one press away. */
const QUICK = 3;

interface Props {
  row_key: string;
  event: Event;
  actions: MessageActions;
  /** The row that the pointer or the focus is on; only that one has tools. */
  active: Store<string | undefined>;
}

export function MessageTools({ row_key, event, actions, active }: Props) {
  const on = useSyncExternalStore(active.subscribe, () => active.get() === row_key);
  return on ? <Tools event={event} actions={actions} /> : null;
}

function Tools({ event, actions }: { event: Event; actions: MessageActions }) {
  const { me } = useChat();
  const { thread } = actions;
  const gone = event.state?.deleted === true;
  if (gone && thread === undefined) return null;
  return (
    <div className="msg-tools" role="toolbar" aria-label={i18n.t('What can be done')}>
      {!gone && (
        <>
          {recentEmoji(me.id)
            .slice(0, QUICK)
            .map((emoji) => (
              <button
                type="button"
                className="btn-icon msg-quick"
                key={emoji}
                aria-label={i18n.t('React with {emoji}', { emoji })}
                onClick={() => actions.react(event, emoji, !hasMine(event, emoji, me.id))}
              >
                <EmojiSign emoji={emoji} />
              </button>
            ))}
          <button
            type="button"
            className="btn-icon"
            aria-label={i18n.t('React')}
            title={i18n.t('React')}
            onClick={(press) => actions.pick(event, rowAround(press.currentTarget))}
          >
            <Icon name="react" size={17} />
          </button>
          <button
            type="button"
            className="btn-icon"
            aria-label={i18n.t('Reply')}
            title={i18n.t('Reply')}
            onClick={() => actions.reply(event)}
          >
            <Icon name="reply" size={17} />
          </button>
        </>
      )}
      {thread !== undefined && (
        <button
          type="button"
          className="btn-icon"
          aria-label={i18n.t('Reply in a thread')}
          title={i18n.t('Reply in a thread')}
          onClick={() => thread(event)}
        >
          <Icon name="thread" size={17} />
        </button>
      )}
      <button
        type="button"
        className="btn-icon"
        aria-label={i18n.t('More')}
        title={i18n.t('More')}
        aria-haspopup="menu"
        onClick={(press) =>
          actions.menu(event, rowAround(press.currentTarget), press.currentTarget.getBoundingClientRect())
        }
      >
        <Icon name="more" size={17} />
      </button>
    </div>
  );
}

/** The tools may go while what they opened is still there; the row stays. */
function rowAround(tool: HTMLElement): HTMLElement | null {
  return tool.closest('article');
}

export function hasMine(event: Event, emoji: string, me: string): boolean {
  return event.state?.reactions?.find((one) => one.emoji === emoji)?.users.includes(me) === true;
}

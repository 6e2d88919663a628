import { i18n } from '@lingui/core';
import type { KeyboardEvent } from 'react';
import { flushSync } from 'react-dom';
import { hasWords } from '@/client/message_state';
import { type Anchor, Floating } from '@/components/Floating';
import { Icon, type IconName } from '@/components/Icon';
import type { Event, Room } from '@/protocol/ops.gen';
import { useChat } from '@/state/context';
import { may } from '@/state/rights';
import { EmojiSign } from '../custom/EmojiSign';
import { recentEmoji } from '../emoji/memory';
import type { MessageActions } from './actions';
import { wordsIn } from './forward';
import { hasMine } from './MessageTools';

const QUICK = 6;
/** In larger rooms nobody reads a list of who has seen what. */
const SEEN_MOST = 50;

interface Props {
  room: Room;
  event: Event;
  row: HTMLElement | null;
  at: Anchor;
  actions: MessageActions;
  onClose: () => void;
}

interface Way {
  icon: IconName;
  name: string;
  act: () => void;
  danger?: boolean;
}

/** Everything that can be done to one message. */
export function MessageMenu({ room, event, row, at, actions, onClose }: Props) {
  const { me } = useChat();
  const gone = event.state?.deleted === true;
  // What follows may open something else, or take the focus: the menu is gone before it does, and has given it back.
  const then = (act: () => void) => (): void => {
    flushSync(onClose);
    act();
  };
  return (
    <Floating
      label={i18n.t('What can be done to this message')}
      anchor={at}
      onClose={onClose}
      className="menu-floating"
    >
      {!gone && room.archived_at === undefined && (
        <div className="menu-quick">
          {recentEmoji(me.id)
            .slice(0, QUICK)
            .map((emoji) => (
              <button
                type="button"
                className="btn-icon msg-quick"
                key={emoji}
                aria-label={i18n.t('React with {emoji}', { emoji })}
                aria-pressed={hasMine(event, emoji, me.id)}
                onClick={then(() => actions.react(event, emoji, !hasMine(event, emoji, me.id)))}
              >
                <EmojiSign emoji={emoji} />
              </button>
            ))}
          <button
            type="button"
            className="btn-icon"
            aria-label={i18n.t('Another reaction')}
            onClick={then(() => actions.pick(event, row))}
          >
            <Icon name="react" />
          </button>
        </div>
      )}
      <div className="menu" role="menu" onKeyDown={walk}>
        {waysOf(room, event, at, actions, me.id).map(({ icon, name, act, danger }, place) => (
          <button
            type="button"
            role="menuitem"
            key={name}
            className={danger === true ? 'menu-row is-danger' : 'menu-row'}
            data-autofocus={place === 0 ? '' : undefined}
            onClick={then(act)}
          >
            <Icon name={icon} size={17} />
            {name}
          </button>
        ))}
      </div>
    </Floating>
  );
}

/** What I may do: what the server would refuse is not offered. */
export function waysOf(room: Room, event: Event, at: Anchor, actions: MessageActions, me: string): Way[] {
  const { thread, unread } = actions;
  const ways: Way[] = [];
  const gone = event.state?.deleted === true;
  const mine = event.sender === me;
  const pinned = event.state?.pinned === true;
  const open = room.archived_at === undefined;
  if (!gone && open) ways.push({ icon: 'reply', name: i18n.t('Reply'), act: () => actions.reply(event) });
  if (thread !== undefined) ways.push({ icon: 'thread', name: i18n.t('Reply in a thread'), act: () => thread(event) });
  if (unread !== undefined)
    ways.push({ icon: 'unread', name: i18n.t('Mark unread from here'), act: () => unread(event) });
  if (mine && open && hasWords(event) && may(room, 'edit_own'))
    ways.push({ icon: 'edit', name: i18n.t('Edit'), act: () => actions.edit(event) });
  if (!gone) {
    ways.push({ icon: 'forward', name: i18n.t('Forward'), act: () => actions.forward(event) });
    ways.push({ icon: 'bookmark', name: i18n.t('Keep for later'), act: () => actions.keep(event) });
    ways.push({ icon: 'clock', name: i18n.t('Remind me'), act: () => actions.remind(event, at) });
    const name = pinned ? i18n.t('Take the pin away') : i18n.t('Pin to the room');
    if (open && may(room, 'pin')) ways.push({ icon: 'pin', name, act: () => actions.pin(event, !pinned) });
    if (wordsIn(event) !== '')
      ways.push({ icon: 'copy', name: i18n.t('Copy text'), act: () => actions.copyText(event) });
  }
  if (event.state?.preview !== undefined && open && may(room, mine ? 'delete_own' : 'delete_any'))
    ways.push({ icon: 'close', name: i18n.t('Remove the preview'), act: () => actions.unpreview(event) });
  if (!gone && mine && room.member_count > 1 && room.member_count <= SEEN_MOST)
    ways.push({ icon: 'eye', name: i18n.t('Seen by'), act: () => actions.seen(event) });
  ways.push({ icon: 'link', name: i18n.t('Copy link'), act: () => actions.copyLink(event) });
  if (!gone && !mine) ways.push({ icon: 'flag', name: i18n.t('Report…'), act: () => actions.report(event) });
  if (!gone && open && may(room, mine ? 'delete_own' : 'delete_any'))
    ways.push({ icon: 'trash', name: i18n.t('Delete'), act: () => actions.remove(event), danger: true });
  return ways;
}

/** The arrows go through the rows of a menu, round and round. */
function walk(press: KeyboardEvent<HTMLElement>): void {
  const rows = [...press.currentTarget.querySelectorAll<HTMLElement>('[role=menuitem]')];
  const at = rows.indexOf(document.activeElement as HTMLElement);
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: rows.length - 1 }[press.key];
  if (to === undefined) return;
  press.preventDefault();
  rows[(to + rows.length) % rows.length]?.focus();
}

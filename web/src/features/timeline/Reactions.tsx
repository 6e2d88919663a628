import { i18n } from '@lingui/core';
import { useEffect } from 'react';
import { Icon } from '@/components/Icon';
import { listWords } from '@/lib/text';
import type { Event, Reaction, User } from '@/protocol/ops.gen';
import { useChat, useStore } from '@/state/context';
import { nameOf } from '@/state/names';
import { EmojiSign } from '../custom/EmojiSign';
import type { MessageActions } from './actions';

/** So many people of a reaction are named before the rest are counted. */
const NAMED = 3;

/** What people have put under a message: each a button that puts mine there or takes it away. */
export function Reactions({ event, actions }: { event: Event; actions: MessageActions }) {
  const chat = useChat();
  const users = useStore(chat.people.users);
  const reactions = event.state?.reactions ?? [];
  useEffect(() => {
    const some = (event.state?.reactions ?? []).flatMap((one) => one.users.slice(0, NAMED + 1));
    chat.people.need(some);
  }, [chat, event.state?.reactions]);
  return (
    <div className="reactions">
      {reactions.map((reaction) => {
        const mine = reaction.users.includes(chat.me.id);
        const who = whoReacted(reaction, users, chat.me.id);
        return (
          <button
            type="button"
            key={reaction.emoji}
            className="reaction"
            aria-pressed={mine}
            aria-label={`${reaction.emoji} ${reaction.count}: ${who}`}
            onClick={() => actions.react(event, reaction.emoji, !mine)}
          >
            <span className="reaction-sign">
              <EmojiSign emoji={reaction.emoji} />
            </span>
            <span className="reaction-count" key={reaction.count}>
              {i18n.number(reaction.count)}
            </span>
            <span className="tip" aria-hidden="true">
              {who}
            </span>
          </button>
        );
      })}
      <button
        type="button"
        className="reaction reaction-add"
        aria-label={i18n.t('Add a reaction')}
        title={i18n.t('Add a reaction')}
        onClick={(press) => actions.pick(event, press.currentTarget)}
      >
        <Icon name="react" size={16} />
      </button>
    </div>
  );
}

/** "You, Ana and 3 others". */
export function whoReacted(reaction: Reaction, users: ReadonlyMap<string, User>, me: string): string {
  const others = reaction.users.filter((id) => id !== me);
  const mine = others.length < reaction.users.length;
  const names = [...(mine ? [youAmongOthers()] : []), ...others.map((id) => nameOf(users.get(id)))];
  // With one more than fits, that one is named instead of counted.
  const shown = names.slice(0, reaction.count === NAMED + 1 ? NAMED + 1 : NAMED);
  const more = reaction.count - shown.length;
  const rest = i18n.t({
    id: '{count, plural, one {# other} other {# others}}',
    comment: 'The last of a list of people: Ada, Ben and 2 others',
    values: { count: more },
  });
  return listWords([...shown, ...(more > 0 ? [rest] : [])]);
}

export function youAmongOthers(): string {
  return i18n.t({ id: 'you (of a list)', message: 'You', comment: 'The first of a list of people: You, Ada and Ben' });
}

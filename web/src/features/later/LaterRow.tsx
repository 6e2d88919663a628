import { i18n, type MessageDescriptor } from '@lingui/core';
import { type ReactNode, useEffect, useState } from 'react';
import { Link } from 'wouter';
import { Button } from '@/components/Button';
import type { Anchor } from '@/components/Floating';
import { Icon, type IconName } from '@/components/Icon';
import { paths } from '@/lib/paths';
import { excerpt } from '@/lib/text';
import { fullTime } from '@/lib/time';
import type { Event, LaterItem } from '@/protocol/ops.gen';
import { useChat, useStore } from '@/state/context';
import { nameOf, roomLabel } from '@/state/names';
import { PersonAvatar } from '../people/Signs';
import { useClock } from '../people/usePerson';
import { useSaving } from '../settings/useSaving';
import { lineOf } from '../timeline/forward';
import { TimeMenu, useZone } from './TimeMenu';
import { whenWords } from './times';

/** In place of a message that was kept. */
export const GONE: MessageDescriptor = /*i18n*/ { id: 'This message is not there for you any more.' };

/** One thing that is kept, with what can be done about it. */
export function LaterRow({ item }: { item: LaterItem }) {
  const { later } = useChat().conversation;
  const [menu, setMenu] = useState<Anchor>();
  const saving = useSaving();
  const done = item.done_at !== undefined;
  const act = (work: Promise<unknown>): void => saving.save(async () => void (await work));
  return (
    <article className={item.due_at !== undefined && !done ? 'later-row is-due' : 'later-row'}>
      <Subject item={item} />
      <div className="later-tools">
        <Tool
          icon="check"
          name={done ? i18n.t('Back to in progress') : i18n.t('Done')}
          on={done}
          busy={saving.busy}
          onPress={() => act(later.change(item.id, { done: !done }))}
        />
        {!done && <Tool icon="clock" name={i18n.t('Remind me')} busy={saving.busy} onPress={(at) => setMenu(at)} />}
        <Tool icon="trash" name={i18n.t('Remove')} busy={saving.busy} onPress={() => act(later.drop(item.id))} />
      </div>
      {saving.error !== undefined && (
        <p className="field-error" role="alert">
          {saving.error.message}
        </p>
      )}
      {menu !== undefined && (
        <TimeMenu
          title={i18n.t('Remind me')}
          anchor={menu}
          at={item.remind_at}
          onClose={() => setMenu(undefined)}
          onPick={(remind_at) => {
            setMenu(undefined);
            act(later.change(item.id, { remind_at }));
          }}
        />
      )}
    </article>
  );
}

export function Tool(props: {
  icon: IconName;
  name: string;
  busy: boolean;
  on?: boolean;
  onPress: (at: Anchor) => void;
}) {
  const { icon, name, busy, on = false, onPress } = props;
  return (
    <Button
      type="button"
      className={on ? 'btn-icon is-on' : 'btn-icon'}
      aria-label={name}
      title={name}
      off={busy}
      onClick={(press) => onPress(press.currentTarget.getBoundingClientRect())}
    >
      <Icon name={icon} size={17} />
    </Button>
  );
}

/** What it is about; a press goes there. */
function Subject({ item }: { item: LaterItem }) {
  const chat = useChat();
  const room = useStore(chat.list.rooms).get(item.room);
  const { event } = item;
  if (event === undefined && item.seq !== undefined) {
    return (
      <div className="later-main">
        <span className="later-gone">{i18n.t(GONE)}</span>
        <When item={item} />
      </div>
    );
  }
  const where = room === undefined ? '' : roomLabel(room);
  if (event === undefined) {
    return (
      <Link href={paths.room(item.room)} className="later-main">
        <span className="later-who">
          <span className="msg-name">{i18n.t('Note to myself')}</span>
          <bdi className="later-room">{where}</bdi>
        </span>
        <span className="later-text" dir="auto">
          {item.note}
        </span>
        <When item={item} />
      </Link>
    );
  }
  return (
    <Link href={addressOf(event)} className="later-main later-with-badge">
      <Message event={event} where={where} />
      {item.note !== undefined && (
        <span className="later-note" dir="auto">
          {item.note}
        </span>
      )}
      <When item={item} />
    </Link>
  );
}

/** Where a message is read: among others, or in its thread. */
export function addressOf(event: Event): string {
  const { about, room, seq, type } = event;
  return type === 'reply' && about !== undefined ? paths.thread(room, about) : paths.message(room, seq);
}

function Message({ event, where }: { event: Event; where: string }): ReactNode {
  const chat = useChat();
  const users = useStore(chat.people.users);
  useEffect(() => chat.people.need([event.sender]), [chat, event.sender]);
  const name = nameOf(users.get(event.sender));
  return (
    <>
      <PersonAvatar id={event.sender} name={name} />
      <span className="later-who">
        <bdi className="msg-name">{name}</bdi>
        <bdi className="later-room">{where}</bdi>
      </span>
      <span className="later-text" dir="auto">
        {wordsOf(event)}
      </span>
    </>
  );
}

/** A line of the message. */
export function wordsOf(event: Event): string {
  if (event.state?.deleted === true) return i18n.t('This message was deleted.');
  return excerpt(lineOf(event));
}

function When({ item }: { item: LaterItem }) {
  const now = useClock();
  const zone = useZone();
  const { due_at, remind_at, saved_at } = item;
  const at = remind_at ?? saved_at;
  const when = whenWords(at, now, zone);
  return (
    <span className="later-when">
      {remind_at !== undefined && <Icon name="clock" size={14} />}
      <time title={fullTime(at)}>
        {remind_at === undefined
          ? i18n.t('Kept {when}', { when })
          : due_at === undefined
            ? i18n.t('Reminder {when}', { when })
            : i18n.t('Due {when}', { when })}
      </time>
    </span>
  );
}

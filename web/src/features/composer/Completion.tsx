import { i18n } from '@lingui/core';
import { type Ref, useEffect, useMemo } from 'react';
import { Avatar } from '@/components/Avatar';
import { Icon } from '@/components/Icon';
import { useLazy } from '@/lib/lazy';
import type { Room } from '@/protocol/ops.gen';
import { useChat, useStore } from '@/state/context';
import { emojiData } from '../emoji/lazy';
import { keptTone, noteEmoji, recentEmoji } from '../emoji/memory';
import { groupsOf } from '../groups/book';
import { peopleWords } from '../groups/GroupMembers';
import { useMembers } from '../members/useMembers';
import { usePeopleSearch } from '../rooms/usePeopleSearch';
import { type Choice, Choices, type ChoicesHandle } from './Choices';
import { COMMAND_WORDS } from './command_words';
import { findCommands, findPeople, findRooms, type PersonChoice } from './completion';
import type { Place } from './place';

interface Props {
  place: Place;
  room: Room;
  onPick: (choice: Choice) => void;
  onChosen: (id: string | undefined) => void;
  ref: Ref<ChoicesHandle>;
}

const NO_CHOICES: readonly Choice[] = [];
type EmojiData = NonNullable<typeof emojiData.value>;
const MOST_EMOJI = 8;
/** The last so many messages tell who is talking here. */
const LATE = 60;

/** What may be meant at the caret, to be taken by Enter, Tab or a press. */
export function Completion(props: Props) {
  switch (props.place.kind) {
    case 'person':
      return <People {...props} />;
    case 'room':
      return <Rooms {...props} />;
    case 'emoji':
      return <Emoji {...props} />;
    case 'command':
      return <Commands {...props} />;
  }
}

function People({ place: { query }, room, ...list }: Props) {
  const chat = useChat();
  const { members } = useMembers(room);
  const { users } = usePeopleSearch(query);
  const book = groupsOf(chat);
  const groups = useStore(book.list)?.groups;
  useEffect(() => book.need(), [book]);
  const choices = useMemo(() => {
    const { events } = chat.log(room.id).view.get();
    const speakers = [...new Set(events.slice(-LATE).map((event) => event.sender))].reverse();
    const others = room.peer === undefined ? (users ?? []) : [room.peer, ...(users ?? [])];
    const found = findPeople({
      query,
      members: members ?? [],
      users: others,
      speakers,
      groups: groups ?? [],
      room,
      me: chat.me.id,
    });
    return found.map(personChoice);
  }, [chat, room, query, members, users, groups]);
  return <Choices title={i18n.t('People')} choices={choices} {...list} />;
}

function personChoice(choice: PersonChoice): Choice {
  if ('everybody' in choice)
    return {
      key: choice.everybody,
      insert: `@${choice.everybody} `,
      row: (
        <>
          <span className="choices-sign">
            <Icon name="people" size={17} />
          </span>
          <b>@{choice.everybody}</b>
          <small>{i18n.t('Everybody in this room')}</small>
        </>
      ),
    };
  if ('group' in choice) {
    const { id, handle, people, title } = choice.group;
    return {
      key: `group ${id}`,
      insert: `@${handle} `,
      row: (
        <>
          <span className="choices-sign">
            <Icon name="people" size={17} />
          </span>
          <b>
            <bdi>{title}</bdi>
          </b>
          <small>
            <bdi>@{handle}</bdi> · {peopleWords(people)}
          </small>
        </>
      ),
    };
  }
  const { user, member } = choice;
  return {
    key: user.id,
    insert: `@${user.username} `,
    row: (
      <>
        <Avatar id={user.id} name={user.display_name} size="s" colour={user.colour} picture={user.picture} />
        <b>
          <bdi>{user.display_name}</bdi>
        </b>
        <small>
          <bdi>@{user.username}</bdi>
          {!member && ` · ${i18n.t('not in this room')}`}
        </small>
      </>
    ),
  };
}

function Rooms({ place: { query }, room: _, ...list }: Props) {
  const rooms = useStore(useChat().list.rooms);
  const choices = useMemo(
    () =>
      findRooms(query, rooms.values()).map(
        (room): Choice => ({
          key: room.id,
          insert: `#${room.name} `,
          row: (
            <>
              <span className="choices-sign">
                <Icon name={room.kind === 'public' ? 'hash' : 'lock'} size={17} />
              </span>
              <b>
                <bdi>{room.name}</bdi>
              </b>
              <small dir="auto">{room.topic}</small>
            </>
          ),
        }),
      ),
    [query, rooms],
  );
  return <Choices title={i18n.t('Rooms')} choices={choices} {...list} />;
}

function Emoji(props: Props) {
  const data = useLazy(emojiData);
  return data === undefined ? (
    <Choices title={i18n.t('Emoji')} {...props} choices={NO_CHOICES} />
  ) : (
    <Found {...props} data={data} />
  );
}

function Found({ place: { query }, room: _, data, ...list }: Props & { data: EmojiData }) {
  const { me } = useChat();
  const own = data.useOwnEmoji();
  const choices = useMemo(() => {
    const tone = keptTone(me.id);
    return data.searchEmoji(query, MOST_EMOJI, recentEmoji(me.id), own).map((emoji): Choice => {
      const char = data.inTone(emoji, tone);
      return {
        key: emoji.char,
        insert: `${char} `,
        taken: () => noteEmoji(me.id, char),
        row: (
          <>
            <span className="choices-emoji">
              {emoji.url === undefined ? char : <img src={emoji.url} alt="" width={22} height={22} />}
            </span>
            <b>:{emoji.codes[0] ?? emoji.label}:</b>
            <small>{emoji.url === undefined ? data.labelOf(emoji) : i18n.t('From this server')}</small>
          </>
        ),
      };
    });
  }, [data, query, me.id, own]);
  return <Choices title={i18n.t('Emoji')} choices={choices} {...list} />;
}

function Commands({ place: { query }, room: _, ...list }: Props) {
  const choices = useMemo(
    () =>
      findCommands(query).map(
        ({ name }): Choice => ({
          key: name,
          insert: `/${name} `,
          whole: name === query.toLowerCase(),
          row: <CommandRow name={name} />,
        }),
      ),
    [query],
  );
  return <Choices title={i18n.t('Commands')} choices={choices} {...list} />;
}

function CommandRow({ name }: { name: string }) {
  const { args, about } = COMMAND_WORDS[name] ?? {};
  return (
    <>
      <b>
        /{name} {args !== undefined && <i>{i18n.t(args)}</i>}
      </b>
      {about !== undefined && <small>{i18n.t(about)}</small>}
    </>
  );
}

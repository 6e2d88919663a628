import { i18n } from '@lingui/core';
import { useMemo, useRef } from 'react';
import { Link } from 'wouter';
import { Empty } from '@/components/Empty';
import { Icon } from '@/components/Icon';
import { useKeepFocus } from '@/components/useKeepFocus';
import { paths } from '@/lib/paths';
import { excerpt } from '@/lib/text';
import { ago, fullTime } from '@/lib/time';
import { useSession, useStore } from '@/state/context';
import { roomOf, threadOf } from '@/state/drafts';
import { roomLabel } from '@/state/names';
import { say } from '@/state/notice';
import { BackLink } from '../rooms/BackLink';
import { roomIcon } from '../rooms/roomIcon';
import './drafts.css';

/** What I have written and not sent, the last written first. */
export function DraftsScreen() {
  const { chat, drafts } = useSession();
  const rooms = useStore(chat.list.rooms);
  const version = useStore(drafts.version);
  const list = useRef<HTMLDivElement>(null);
  useKeepFocus(list, '.draft');
  // biome-ignore lint/correctness/useExhaustiveDependencies: the version stands for what the drafts hold.
  const shown = useMemo(
    () =>
      [...drafts.entries()]
        .filter(([place, { text }]) => text !== '' && rooms.has(roomOf(place)))
        .sort(([, a], [, b]) => b.at - a.at),
    [drafts, rooms, version],
  );
  const discard = (place: string, text: string): void => {
    drafts.discard(place);
    // What was written since is not written over.
    say(i18n.t('The draft is thrown away.'), () => {
      if (drafts.get(place) === '') drafts.set(place, text);
    });
  };
  return (
    <main className="main">
      <header className="top top-list">
        <BackLink />
        <h1>{i18n.t('Drafts')}</h1>
      </header>
      <div className="threads" ref={list}>
        {shown.length === 0 && (
          <Empty icon="edit" title={i18n.t('Nothing is waiting to be sent.')}>
            <p>{i18n.t('What you write and do not send is kept here, on all your devices.')}</p>
          </Empty>
        )}
        <ul className="drafts">
          {shown.map(([place, { text, at }]) => {
            const room = rooms.get(roomOf(place));
            const thread = threadOf(place);
            if (room === undefined) return null;
            const where = roomLabel(room);
            return (
              <li key={place} className="draft">
                <Link
                  href={thread === undefined ? paths.room(room.id) : paths.thread(room.id, thread)}
                  className="draft-link"
                >
                  <span className="draft-where">
                    <Icon
                      name={thread !== undefined ? 'thread' : room.kind === 'dm' ? 'message' : roomIcon(room)}
                      size={15}
                    />
                    <bdi>{where}</bdi>
                    {thread !== undefined && <small>{i18n.t('in a thread')}</small>}
                    <time title={fullTime(at)}>{ago(at, Date.now())}</time>
                  </span>
                  <span className="draft-text" dir="auto">
                    {excerpt(text)}
                  </span>
                </Link>
                <button
                  type="button"
                  className="btn-icon"
                  aria-label={i18n.t('Throw away the draft in {room}', { room: where })}
                  title={i18n.t('Throw away')}
                  onClick={() => discard(place, text)}
                >
                  <Icon name="trash" size={17} />
                </button>
              </li>
            );
          })}
        </ul>
      </div>
    </main>
  );
}

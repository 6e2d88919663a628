import { i18n } from '@lingui/core';
import { Link } from 'wouter';
import { Empty } from '@/components/Empty';
import { ListEnd } from '@/components/ListEnd';
import { SkeletonRows } from '@/components/Skeleton';
import { dayAndTime } from '@/lib/day_and_time';
import { paths } from '@/lib/paths';
import { fullTime } from '@/lib/time';
import type { Room, SearchHit } from '@/protocol/ops.gen';
import { useChat, useStore } from '@/state/context';
import { nameOf, roomLabel } from '@/state/names';
import { PersonAvatar } from '../people/Signs';
import { piecesOf } from './chips';
import type { Found } from './useSearch';

interface Props extends Found {
  more: () => void;
  /** A hit is gone to. */
  onOpen: () => void;
}

/** What was found, hits of the same room in a row under its name. More is asked for when the end comes near. */
export function SearchHits({ status, hits, next, cut, why, more, onOpen }: Props) {
  const chat = useChat();
  const rooms = useStore(chat.list.rooms);
  const users = useStore(chat.people.users);
  const looking = status === 'looking';
  return (
    <div className="panel-body" aria-busy={looking}>
      <p className="visually-hidden" role="status">
        {status !== 'done'
          ? ''
          : next === undefined
            ? i18n.t('{count, plural, one {# found} other {# found}}', { count: hits.length })
            : i18n.t('{count, plural, one {# or more found} other {# or more found}}', { count: hits.length })}
      </p>
      {hits.length === 0 && looking && <SkeletonRows count={6} tall />}
      {hits.length === 0 && status === 'done' && !cut && (
        <Empty icon="search" title={i18n.t('Nothing found.')}>
          <p>{i18n.t('A part of a word is enough. Only rooms you are in are searched.')}</p>
        </Empty>
      )}
      {inRooms(hits).map(({ room, of_room }) => (
        <section className="hits" key={`${room}.${of_room[0]?.seq}`}>
          <h3>
            <bdi>{labelOf(rooms.get(room))}</bdi>
          </h3>
          {of_room.map((hit) => (
            <Hit key={hit.seq} hit={hit} name={nameOf(users.get(hit.sender))} onOpen={onOpen} />
          ))}
        </section>
      ))}
      {status === 'failed' && (
        <p className="side-note" role="alert">
          {why}{' '}
          <button type="button" className="btn-link" onClick={more}>
            {i18n.t('Try again')}
          </button>
        </p>
      )}
      {status === 'done' && cut && (
        <p className="side-note">
          {next === undefined
            ? i18n.t('Only the newest that fit were ranked.')
            : i18n.t('Not all messages were looked through.')}{' '}
          {next !== undefined && (
            <button type="button" className="btn-link" onClick={more}>
              {i18n.t('Look further back')}
            </button>
          )}
        </p>
      )}
      {next !== undefined && !cut && status !== 'failed' && <ListEnd key={next} onNear={more} busy={looking} />}
    </div>
  );
}

function labelOf(room: Room | undefined): string {
  return room === undefined ? i18n.t('A room you are in') : roomLabel(room);
}

function inRooms(hits: readonly SearchHit[]): { room: string; of_room: SearchHit[] }[] {
  const groups: { room: string; of_room: SearchHit[] }[] = [];
  for (const hit of hits) {
    const last = groups.at(-1);
    if (last?.room === hit.room) last.of_room.push(hit);
    else groups.push({ room: hit.room, of_room: [hit] });
  }
  return groups;
}

function Hit({ hit, name, onOpen }: { hit: SearchHit; name: string; onOpen: () => void }) {
  const href = hit.about === undefined ? paths.message(hit.room, hit.seq) : paths.thread(hit.room, hit.about);
  return (
    <Link href={href} className="hit" onClick={onOpen}>
      <PersonAvatar id={hit.sender} name={name} size="s" />
      <span className="hit-main">
        <span className="hit-who">
          <bdi>{name}</bdi>
          <time dateTime={new Date(hit.ts).toISOString()} title={fullTime(hit.ts)}>
            {dayAndTime(hit.ts, Date.now())}
          </time>
        </span>
        <bdi className="hit-text">
          {piecesOf(hit.text, hit.marks).map((piece, at) =>
            // biome-ignore lint/suspicious/noArrayIndexKey: the line of a hit never changes.
            piece.found ? <mark key={at}>{piece.text}</mark> : piece.text,
          )}
        </bdi>
      </span>
    </Link>
  );
}

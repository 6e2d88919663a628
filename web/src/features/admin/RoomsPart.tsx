import { i18n, type MessageDescriptor } from '@lingui/core';
import { useState } from 'react';
import { Link } from 'wouter';
import { Button } from '@/components/Button';
import { Icon, type IconName } from '@/components/Icon';
import { paths } from '@/lib/paths';
import type { RoomRow } from '@/protocol/ops.gen';
import { useChat } from '@/state/context';
import { useSaving } from '../settings/useSaving';
import { Pages } from './Pages';
import { Sure } from './Sure';
import { usePages } from './usePages';

const PAGE = 50;
const ICONS: Record<RoomRow['kind'], IconName> = { public: 'hash', private: 'lock', group: 'people', dm: 'message' };

const KIND_NAMES: Record<RoomRow['kind'], MessageDescriptor> = {
  public: /*i18n*/ { id: 'public' },
  private: /*i18n*/ { id: 'private' },
  group: /*i18n*/ { id: 'group' },
  dm: /*i18n*/ { id: 'direct message' },
};

/** All rooms: what they are called and how large they are. What is said in them is for those who are in. */
export function RoomsPart() {
  const chat = useChat();
  const [query, setQuery] = useState('');
  const asked = query.trim().replace(/^#/, '');
  const pages = usePages<RoomRow>(asked, async (held, signal) => {
    const after = held.at(-1)?.id;
    const given = { limit: PAGE, ...(asked === '' ? {} : { query: asked }), ...(after === undefined ? {} : { after }) };
    const { rooms, complete } = await chat.api.call('GET /admin/rooms', { query: given, signal });
    return { rows: rooms, complete };
  });
  return (
    <>
      <p className="settings-lead">
        {i18n.t('Direct messages are not listed, and what is said in a room is for those who are in it.')}
      </p>
      <div className="admin-bar">
        <input
          type="search"
          className="form-control"
          placeholder={i18n.t('Find by name')}
          aria-label={i18n.t('Find by name')}
          value={query}
          onChange={(event) => setQuery(event.target.value)}
        />
      </div>
      <Pages
        pages={pages}
        icon="search"
        none={i18n.t('There is no room like that.')}
        hint={i18n.t('A part of a name is enough.')}
      >
        <ul className="admin-rows">
          {pages.rows?.map((room) => (
            <Row
              key={room.id}
              room={room}
              onChanged={(fresh) => pages.change((rows) => rows.map((row) => (row.id === fresh.id ? fresh : row)))}
            />
          ))}
        </ul>
      </Pages>
    </>
  );
}

function Row({ room, onChanged }: { room: RoomRow; onChanged: (fresh: RoomRow) => void }) {
  const { api } = useChat();
  const saving = useSaving();
  const [asking, setAsking] = useState(false);
  const archived = room.archived_at !== undefined;
  const name = room.name === '' ? i18n.t('Group') : room.name;
  const facts = [
    i18n.t(KIND_NAMES[room.kind]),
    i18n.t('{count, plural, one {# member} other {# members}}', { count: room.member_count }),
    i18n.t('{count, plural, one {# message} other {# messages}}', { count: room.messages }),
  ];
  const archive = (): void =>
    saving.save(async () => {
      await api.call('POST /rooms/{room}/archive', { params: { room: room.id }, body: { on: !archived } });
      setAsking(false);
      const { archived_at: _, ...rest } = room;
      onChanged(archived ? rest : { ...room, archived_at: Date.now() });
    });
  return (
    <li className={archived ? 'admin-row is-off' : 'admin-row'}>
      <span className="side-sign">
        <Icon name={ICONS[room.kind]} size={17} />
      </span>
      <span className="pick-text">
        <span className="pick-name">
          {room.inside === true ? (
            <Link href={paths.room(room.id)}>
              <bdi>{name}</bdi>
            </Link>
          ) : (
            <bdi>{name}</bdi>
          )}
          {archived && <span className="mark-word">{i18n.t('archived')}</span>}
        </span>
        <small>{facts.join(' · ')}</small>
      </span>
      {room.everyone !== true && (
        <Button type="button" className="btn btn-quiet" off={saving.busy} onClick={() => setAsking(true)}>
          {archived ? i18n.t('Take back') : i18n.t({ id: 'archive (verb)', message: 'Archive', comment: 'A button' })}
        </Button>
      )}
      {asking && (
        <Sure
          title={archived ? i18n.t('Take {name} out of the archive?', { name }) : i18n.t('Archive {name}?', { name })}
          yes={
            archived ? i18n.t('Take back') : i18n.t({ id: 'archive (verb)', message: 'Archive', comment: 'A button' })
          }
          danger={!archived}
          busy={saving.busy}
          error={saving.error?.message}
          onYes={archive}
          onClose={() => setAsking(false)}
        >
          {archived
            ? i18n.t('People can write in it again. Its members see that it was you.')
            : i18n.t(
                'It can still be read, and nothing more is written. Its members see that it was you; it can be taken back.',
              )}
        </Sure>
      )}
    </li>
  );
}

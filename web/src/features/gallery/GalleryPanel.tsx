import { i18n, type MessageDescriptor } from '@lingui/core';
import { useEffect, useMemo, useRef, useState } from 'react';
import { Empty } from '@/components/Empty';
import { Icon } from '@/components/Icon';
import { ListEnd } from '@/components/ListEnd';
import { SkeletonRows } from '@/components/Skeleton';
import { Tabs } from '@/components/Tabs';
import { usePanel } from '@/components/usePanel';
import type { Room, RoomFile } from '@/protocol/ops.gen';
import { useChat, useStore } from '@/state/context';
import { openSearch } from '@/state/searching';
import '../search/search.css';
import { FileRow, FileTile } from './FileRow';
import { GalleryLightbox } from './GalleryLightbox';
import { PersonFilter } from './PersonFilter';
import { keyOf, monthName, type Part, runsOf, type Wanted } from './roomFiles';
import { useRoomFiles } from './useRoomFiles';
import './gallery.css';

const PARTS = [
  { key: 'all', name: /*i18n*/ { id: 'All' } },
  { key: 'media', name: /*i18n*/ { id: 'Media' } },
  { key: 'audio', name: /*i18n*/ { id: 'Audio' } },
  { key: 'document', name: /*i18n*/ { id: 'Documents' } },
] as const;
const BODY = 'gallery-body';
const TYPING_MS = 250;

interface Props {
  room: Room;
  /** Shows the message that has a file; `about`: the thread that it is in. */
  onJump: (seq: number, about: number | undefined) => void;
  onClose: () => void;
}

/** The files of a room: what was sent last stands first. */
export function GalleryPanel({ room, onJump, onClose }: Props) {
  const [part, setPart] = useState<Part>('media');
  const [from, setFrom] = useState('');
  const [text, setText] = useState('');
  const name = useSettled(text.trim());
  const wanted = useMemo(() => ({ part, from, name }), [part, from, name]);
  const panel = useRef<HTMLElement>(null);
  usePanel(panel, onClose, true);
  return (
    <aside ref={panel} className="panel gallery" aria-label={i18n.t('Files of this room')}>
      <header className="top">
        <h2>{i18n.t('Files')}</h2>
        <div className="top-tools">
          <button
            type="button"
            className="btn-icon"
            aria-label={i18n.t('Find links in this room')}
            title={i18n.t('Links')}
            onClick={() => openSearch({ room: room.id, text: 'has:link ' })}
          >
            <Icon name="link" />
          </button>
          <button
            type="button"
            className="btn-icon"
            aria-label={i18n.t('Close files')}
            title={i18n.t('Close')}
            onClick={onClose}
          >
            <Icon name="close" />
          </button>
        </div>
      </header>
      <search className="gallery-head">
        <Tabs
          label={i18n.t('Kind')}
          tabs={PARTS.map(({ key, name }) => ({ key, name: i18n.t(name) }))}
          on={part}
          onChoose={setPart}
          panel={BODY}
          className="segments"
        />
        <div className="gallery-narrow">
          <label className="search-box">
            <Icon name="search" size={16} />
            <input
              type="text"
              enterKeyHint="search"
              aria-label={i18n.t('Name of a file')}
              placeholder={i18n.t('Find a file')}
              autoComplete="off"
              spellCheck={false}
              maxLength={80}
              value={text}
              onChange={(event) => setText(event.target.value)}
            />
          </label>
          <PersonFilter room={room} from={from} onChoose={setFrom} />
        </div>
      </search>
      <Files key={`${part} ${from} ${name}`} room={room} wanted={wanted} onJump={onJump} />
    </aside>
  );
}

/** What was typed, once nothing more is for a moment. */
function useSettled(text: string): string {
  const [settled, setSettled] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text), TYPING_MS);
    return () => clearTimeout(timer);
  }, [text]);
  return settled;
}

function Files({ room, wanted, onJump }: { room: Room; wanted: Wanted } & Pick<Props, 'onJump'>) {
  const chat = useChat();
  const me = useStore(chat.account.me);
  const { files, complete, failed, busy, more } = useRoomFiles(room, wanted);
  const [open, setOpen] = useState<RoomFile>();
  // Whom I block is folded in the room, too.
  const shown = useMemo(
    () => files?.filter(({ sender }) => me === undefined || !chat.account.blocks(sender)),
    [chat, files, me],
  );
  useEffect(() => chat.people.need([...new Set(shown?.map(({ sender }) => sender))]), [chat, shown]);
  const now = Date.now();
  const runs = shown === undefined ? [] : runsOf(shown, now);
  const jump = ({ seq, about }: RoomFile): void => onJump(seq, about);
  return (
    <div className="panel-body gallery-body" id={BODY} role="tabpanel" aria-label={i18n.t('Files')}>
      {shown === undefined && !failed && <SkeletonRows count={5} tall />}
      {shown?.length === 0 && complete && <Nothing wanted={wanted} />}
      {runs.map((run, at) => (
        <section key={run.key} className="gallery-run">
          {runs[at - 1]?.month !== run.month && <h3>{monthName(run.files[0]?.ts ?? now, now)}</h3>}
          {run.grid ? (
            <div className="gallery-grid">
              {run.files.map((one) => (
                <FileTile key={keyOf(one)} one={one} onOpen={setOpen} />
              ))}
            </div>
          ) : (
            <ul className="gallery-rows">
              {run.files.map((one) => (
                <FileRow key={keyOf(one)} one={one} onOpen={setOpen} onJump={jump} />
              ))}
            </ul>
          )}
        </section>
      ))}
      {failed ? (
        <Empty title={i18n.t('The files could not be loaded.')}>
          <button type="button" className="btn btn-quiet" onClick={more}>
            {i18n.t('Try again')}
          </button>
        </Empty>
      ) : (
        shown !== undefined && !complete && <ListEnd onNear={more} busy={busy} />
      )}
      {open !== undefined && (
        <GalleryLightbox
          files={shown ?? []}
          first={open}
          onNear={more}
          onShow={jump}
          onClose={() => setOpen(undefined)}
        />
      )}
    </div>
  );
}

const NOTHING: Record<Part, MessageDescriptor> = {
  all: /*i18n*/ { id: 'No files yet.' },
  media: /*i18n*/ { id: 'No pictures or videos yet.' },
  audio: /*i18n*/ { id: 'Nothing to listen to yet.' },
  document: /*i18n*/ { id: 'No documents yet.' },
};

function Nothing({ wanted }: { wanted: Wanted }) {
  if (wanted.from !== '' || wanted.name !== '')
    return (
      <Empty icon="search" title={i18n.t('Nothing like that was found.')}>
        <p>{i18n.t('A part of a name is enough.')}</p>
      </Empty>
    );
  return (
    <Empty icon="file" title={i18n.t(NOTHING[wanted.part])}>
      <p>{i18n.t('What is sent in this room can be found here.')}</p>
    </Empty>
  );
}

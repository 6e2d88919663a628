import { i18n } from '@lingui/core';
import { Icon } from '@/components/Icon';
import { dayAndTime } from '@/lib/day_and_time';
import type { RoomFile } from '@/protocol/ops.gen';
import { useChat, useStore } from '@/state/context';
import { nameOf } from '@/state/names';
import { AudioCard } from '../files/AudioCard';
import { FileCard } from '../files/FileCard';
import { Picture } from '../files/Picture';
import { lengthWords, sizeWords } from '../files/size';

interface Props {
  one: RoomFile;
  onOpen: (one: RoomFile) => void;
}

const TILE_PX = 104;

/** A picture or a video, in a square that is there before it has come. */
export function FileTile({ one, onOpen }: Props) {
  const { file } = one;
  const video = file.kind === 'video';
  const from = useSaid(one);
  return (
    <button
      type="button"
      className="file-cell gallery-tile"
      aria-label={
        video
          ? i18n.t('Video {file}, {from}', { file: file.name, from })
          : i18n.t('Picture {file}, {from}', { file: file.name, from })
      }
      title={file.name}
      onClick={() => onOpen(one)}
    >
      <Picture file={file} wide={TILE_PX} />
      {video && (
        <span className="gallery-length">
          <Icon name="play" size={12} />
          {file.duration_ms !== undefined && lengthWords(file.duration_ms)}
        </span>
      )}
    </button>
  );
}

/** What is read or listened to: what it is, and who sent it when. */
export function FileRow({ one, onOpen, onJump }: Props & { onJump: (one: RoomFile) => void }) {
  const { file } = one;
  const said = useSaid(one);
  const opens = file.kind === 'video' || (file.kind !== 'audio' && file.previews.includes('large'));
  return (
    <li className="gallery-row">
      {file.kind === 'audio' ? (
        <AudioCard file={file} />
      ) : (
        <FileCard file={file} {...(opens ? { onOpen: () => onOpen(one) } : {})} below={<Size one={one} />} />
      )}
      <button
        type="button"
        className="btn-link btn-link-quiet gallery-said"
        aria-label={i18n.t('{from}: show {file} in the room', { from: said, file: file.name })}
        onClick={() => onJump(one)}
      >
        <bdi>{said}</bdi>
        <Icon name="forward" size={14} />
      </button>
    </li>
  );
}

function Size({ one }: { one: RoomFile }) {
  return <span className="file-note">{sizeWords(one.file.size)}</span>;
}

/** "Ana, Today, 12:30" */
export function useSaid({ sender, ts }: RoomFile): string {
  const users = useStore(useChat().people.users);
  return `${nameOf(users.get(sender))}, ${dayAndTime(ts, Date.now())}`;
}

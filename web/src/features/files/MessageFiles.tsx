import { i18n } from '@lingui/core';
import { Suspense, useState } from 'react';
import { filesOf, isSaid } from '@/client/message_state';
import type { OutboxFile } from '@/client/outbox_store';
import type { Attachment, Event } from '@/protocol/ops.gen';
import { useChat } from '@/state/context';
import { AudioCard } from './AudioCard';
import { FileCard } from './FileCard';
import { type AnyFile, frameOf, looksOf, MOST_WIDE } from './looks';
import { Picture } from './Picture';
import { isShown } from './shown';
import { UploadLine } from './UploadLine';
import { VideoBox } from './VideoBox';
import './files.css';
import { late } from '@/lib/late';

const Lightbox = late(async () => (await import('./Lightbox')).Lightbox);

interface Props {
  files: readonly AnyFile[];
  room: string;
  /** The message that has them; absent while it is on its way. */
  event?: Event | undefined;
  /** Of a message on its way: what can be given up. */
  onCancel?: (() => void) | undefined;
}

/** The files of a message: pictures in a grid, then what plays, then documents. */
export function MessageFiles({ files, room, event, onCancel }: Props) {
  const [open, setOpen] = useState<Attachment>();
  const of = (looks: string): AnyFile[] => files.filter((file) => looksOf(file) === looks);
  const images = of('image');
  const pending = files.filter((file): file is OutboxFile => 'key' in file);
  return (
    <div className="files">
      {images.length > 0 && <Grid images={images} onOpen={setOpen} />}
      {of('video').map((file) => (
        <VideoBox key={keyOf(file)} file={file} />
      ))}
      {of('audio').map((file) => (
        <AudioCard key={keyOf(file)} file={file} />
      ))}
      {of('card').map((file) => (
        <FileCard key={keyOf(file)} file={file} onOpen={setOpen} />
      ))}
      {onCancel !== undefined && pending.length > 0 && <UploadLine files={pending} onCancel={onCancel} />}
      <Suspense>
        {open !== undefined && (
          <Around room={room} event={event} files={files} open={open} onClose={() => setOpen(undefined)} />
        )}
      </Suspense>
    </div>
  );
}

function keyOf(file: AnyFile): string {
  return 'key' in file ? file.key : file.id;
}

function Grid({ images, onOpen }: { images: readonly AnyFile[]; onOpen: (file: Attachment) => void }) {
  const { width, height } = frameOf(images);
  const count = images.length;
  return (
    <div
      className={`file-grid file-grid-${Math.min(count, 5)}`}
      style={{ width: `${width}px`, aspectRatio: `${width} / ${height}` }}
    >
      {images.map((file, place) => (
        <button
          type="button"
          // The same picture before and after it is stored: it stays in its place.
          // biome-ignore lint/suspicious/noArrayIndexKey: pictures of a message never change places.
          key={place}
          className={count >= 5 && place < widePlaces(count) ? 'file-cell is-wide' : 'file-cell'}
          data-file={'id' in file ? file.id : undefined}
          aria-label={i18n.t('Picture {file}', { file: file.name })}
          title={file.name}
          disabled={!('id' in file)}
          onClick={() => 'id' in file && onOpen(file)}
        >
          <Picture
            file={file}
            wide={count === 1 ? width : MOST_WIDE / 2}
            cover={count > 1 || fills(file, width / height)}
          />
        </button>
      ))}
    </div>
  );
}

/** It has the proportions of its frame, but for a pixel. */
function fills({ width = 4, height = 3 }: AnyFile, proportion: number): boolean {
  return Math.abs(width / height / proportion - 1) < 0.02;
}

/** Rows of three, and before them as many of two as make the number come out even. */
function widePlaces(count: number): number {
  return count % 3 === 0 ? 0 : count % 3 === 2 ? 2 : 4;
}

/** Large, with the other pictures of the room on both sides. */
function Around(props: {
  room: string;
  event: Event | undefined;
  files: readonly AnyFile[];
  open: Attachment;
  onClose: () => void;
}) {
  const { room, event, files, open, onClose } = props;
  const chat = useChat();
  const [all] = useState(() => {
    const own = files.filter((file): file is Attachment => 'id' in file && isShown(file));
    const { events } = chat.log(room).view.get();
    const beside = event === undefined ? [] : events.filter((one) => isSaid(one) && one.about === event.about);
    const known = beside.flatMap((one) => (chat.account.blocks(one.sender) ? [] : filesOf(one).filter(isShown)));
    return known.some((file) => file.id === open.id) ? known : own;
  });
  const first = all.find((file) => file.id === open.id) ?? open;
  return <Lightbox files={all} first={first} onClose={onClose} />;
}

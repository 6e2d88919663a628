import { useRef } from 'react';
import type { Attachment, RoomFile } from '@/protocol/ops.gen';
import { Lightbox } from '../files/Lightbox';
import { isShown } from '../files/shown';
import { useSaid } from './FileRow';

interface Props {
  files: readonly RoomFile[];
  first: RoomFile;
  onNear: () => void;
  onShow: (one: RoomFile) => void;
  onClose: () => void;
}

/** All pictures, videos and first pages of the list, large, one after the other. */
export function GalleryLightbox({ files, first, onNear, onShow, onClose }: Props) {
  const shown = files.filter(({ file }) => isShown(file));
  const of = new Map(shown.map((one) => [one.file, one]));
  const show = useRef<RoomFile>(undefined);
  const close = (): void => {
    const one = show.current;
    // The browser's way back closes what is large: what goes elsewhere comes after that, or it would be taken back.
    if (one !== undefined) addEventListener('popstate', () => onShow(one), { once: true });
    onClose();
  };
  return (
    <Lightbox
      files={shown.map(({ file }) => file)}
      first={first.file}
      onClose={close}
      onNear={onNear}
      note={(file) => <Said one={of.get(file)} />}
      onShow={(file: Attachment) => {
        show.current = of.get(file);
        close();
      }}
    />
  );
}

function Said({ one }: { one: RoomFile | undefined }) {
  return one === undefined ? null : <SaidBy one={one} />;
}

function SaidBy({ one }: { one: RoomFile }) {
  return <bdi>{useSaid(one)} · </bdi>;
}

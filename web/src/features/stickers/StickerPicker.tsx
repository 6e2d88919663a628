import { i18n } from '@lingui/core';
import { useState } from 'react';
import { saidOf } from '@/client/error';
import { Button } from '@/components/Button';
import { type Anchor, Floating } from '@/components/Floating';
import { uuid } from '@/lib/uuid';
import type { Room, StickerPack as ServerPack } from '@/protocol/ops.gen';
import { useChat } from '@/state/context';
import { pictureUrl, useServerPacks } from '../custom/useCatalogue';
import { pollsOf } from '../polls/pollsOf';
import { nameOf, PACKS, type Sticker, type StickerPack } from './packs';
import './stickers.css';

interface Props {
  room: Room;
  thread: number | undefined;
  anchor: Anchor;
  onSent: () => void;
  onClose: () => void;
}

/** Sends a sticker by one press. */
export function StickerPicker({ room, thread, anchor, onSent, onClose }: Props) {
  const chat = useChat();
  const [on, setOn] = useState(0);
  const [error, setError] = useState<string>();
  const [busy, setBusy] = useState(false);
  const own = useServerPacks();
  const packs: readonly StickerPack[] = [...PACKS, ...(own ?? []).flatMap(asPack)];
  const send = async ({ pack, name, file, moves }: Sticker): Promise<void> => {
    setBusy(true);
    setError(undefined);
    try {
      await pollsOf(chat).send(
        room.id,
        { sticker: { pack, name, ...(file === undefined ? {} : { file }), ...(moves === true ? { moves } : {}) } },
        { cmid: uuid(), thread },
      );
      onSent();
      onClose();
    } catch (cause) {
      setError(saidOf(cause));
      setBusy(false);
    }
  };
  return (
    <Floating label={i18n.t('Stickers')} anchor={anchor} onClose={onClose} className="sticker-card">
      <div className="sticker-tabs">
        {packs.map((pack, at) => (
          <button
            key={pack.id}
            type="button"
            className="sticker-tab"
            aria-pressed={at === on}
            onClick={() => setOn(at)}
          >
            <img src={pack.stickers[0]?.url} alt="" width={26} height={26} />
            <bdi>{typeof pack.title === 'string' ? pack.title : i18n.t(pack.title)}</bdi>
          </button>
        ))}
      </div>
      <div className="sticker-grid">
        {packs[on]?.stickers.map((sticker, at) => (
          <Button
            key={sticker.name}
            type="button"
            className="sticker-one"
            aria-label={nameOf(sticker)}
            title={nameOf(sticker)}
            off={busy}
            data-autofocus={at === 0 ? '' : undefined}
            onClick={() => void send(sticker)}
          >
            <img src={sticker.url} alt="" width={80} height={80} />
          </Button>
        ))}
      </div>
      {error !== undefined && (
        <p className="field-error" role="alert">
          {error}
        </p>
      )}
    </Floating>
  );
}

/** A pack of this server as the others are; an empty one is not offered. */
function asPack(pack: ServerPack): StickerPack[] {
  if (pack.stickers.length === 0) return [];
  const stickers = pack.stickers.map((one): Sticker => ({ ...one, pack: pack.id, url: pictureUrl(one) }));
  return [{ id: `own-${pack.id}`, title: pack.name, stickers }];
}

import { i18n } from '@lingui/core';
import { type ReactNode, useState } from 'react';
import { pictureUrl } from '../custom/useCatalogue';
import { nameOf, spoken, stickerOf } from './packs';
import './stickers.css';

interface Said {
  pack?: unknown;
  name?: unknown;
  file?: unknown;
  moves?: unknown;
}

/** A message that is a sticker; `text` in place of one that is not known here, or not any more. */
export function StickerView({ sticker, text }: { sticker: unknown; text: ReactNode }) {
  const { pack, name, file, moves } = (sticker ?? {}) as Said;
  if (typeof file === 'string' && typeof name === 'string')
    return <ServerSticker url={pictureUrl({ file, moves: moves === true })} name={name} text={text} />;
  const known = stickerOf(pack, name);
  if (known === undefined) return text;
  return <img className="sticker" src={known.url} alt={altOf(nameOf(known))} width={128} height={128} />;
}

function altOf(name: string): string {
  return i18n.t('Sticker: {name}', { name });
}

function ServerSticker({ url, name, text }: { url: string; name: string; text: ReactNode }) {
  const [failed, setFailed] = useState(false);
  if (failed) return text;
  return (
    <img
      className="sticker sticker-own"
      src={url}
      alt={altOf(spoken(name))}
      width={160}
      height={160}
      decoding="async"
      draggable={false}
      onError={() => setFailed(true)}
    />
  );
}

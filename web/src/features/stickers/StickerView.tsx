import type { ReactNode } from 'react';
import { spoken, stickerOf } from './packs';
import './stickers.css';

/** A message that is a sticker; `text` in place of one that is not known here. */
export function StickerView({ sticker, text }: { sticker: unknown; text: ReactNode }) {
  const { pack, name } = (sticker ?? {}) as { pack?: unknown; name?: unknown };
  const known = stickerOf(pack, name);
  if (known === undefined) return text;
  return <img className="sticker" src={known.url} alt={`Sticker: ${spoken(known.name)}`} width={128} height={128} />;
}

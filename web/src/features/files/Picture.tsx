import { i18n } from '@lingui/core';
import { useLayoutEffect, useRef, useState } from 'react';
import { Icon } from '@/components/Icon';
import { useAuth } from '@/state/context';
import { pixelsOf } from './blurhash';
import type { AnyFile } from './looks';
import { fileUrl } from './urls';
import { useLocal } from './useLocal';
import './files.css';

const HASH_PX = 24;

interface Props {
  file: AnyFile;
  /** What it is shown as at most, in px. */
  wide: number;
  /** It is cut to its frame rather than shown whole. */
  cover?: boolean;
}

/** A picture within the frame that was kept for it: its colours first. */
export function Picture({ file, wide, cover = true }: Props) {
  const source = useSource(file, wide);
  const [shown, setShown] = useState(false);
  return (
    <>
      {!shown && 'blurhash' in file && file.blurhash !== undefined && <Blur hash={file.blurhash} />}
      {source.failed ? (
        <span className="file-missing">
          <Icon name="alert" size={17} />
          {i18n.t('Not available')}
        </span>
      ) : (
        source.src !== undefined && (
          <img
            className={cover ? 'file-picture' : 'file-picture is-whole'}
            src={source.src}
            srcSet={source.srcSet}
            sizes={source.srcSet === undefined ? undefined : `min(100vw, ${Math.round(wide)}px)`}
            alt={file.name}
            loading="lazy"
            decoding="async"
            draggable={false}
            onLoad={() => setShown(true)}
            onError={source.onError}
          />
        )
      )}
    </>
  );
}

interface Source {
  src: string | undefined;
  srcSet: string | undefined;
  failed: boolean;
  onError: () => void;
}

/** What I chose myself is there; else the preview that is enough. Pictures that move do so in their own file only. */
function useSource(file: AnyFile, wide: number): Source {
  const auth = useAuth();
  const [tries, setTries] = useState(0);
  const local = useLocal(file);
  const failed = tries > 1;
  const onError = (): void => {
    // The cookie that shows files is as short-lived as the token: a page that slept has to get both anew.
    if (tries === 0 && local === undefined)
      void auth
        .token()
        .then(() => setTries(1))
        .catch(() => setTries(2));
    else setTries(2);
  };
  if (local !== undefined) return { src: local, srcSet: undefined, failed, onError };
  if (!('id' in file)) return { src: undefined, srcSet: undefined, failed, onError };
  const again = tries === 0 ? '' : '?again';
  const small = file.previews.includes('small') ? fileUrl(file.id, 'small') + again : undefined;
  const large = file.previews.includes('large') ? fileUrl(file.id, 'large') + again : undefined;
  if (file.type === 'image/gif' || (small ?? large) === undefined)
    return { src: fileUrl(file.id) + again, srcSet: undefined, failed, onError };
  const both = small !== undefined && large !== undefined && wide > 160;
  const srcSet = both ? `${small} 480w, ${large} ${Math.min(2048, file.width ?? 2048)}w` : undefined;
  return { src: small ?? large, srcSet, failed, onError };
}

function Blur({ hash }: { hash: string }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useLayoutEffect(() => {
    const pixels = pixelsOf(hash, HASH_PX, HASH_PX);
    if (pixels !== undefined) canvas.current?.getContext('2d')?.putImageData(new ImageData(pixels, HASH_PX), 0, 0);
  }, [hash]);
  return <canvas ref={canvas} className="file-blur" width={HASH_PX} height={HASH_PX} />;
}

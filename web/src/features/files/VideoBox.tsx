import { i18n } from '@lingui/core';
import { Download } from './FileCard';
import { type AnyFile, videoFrame } from './looks';
import { pauseOthers } from './playing';
import { fileUrl } from './urls';
import { useLocal } from './useLocal';
import './files.css';

/** A video where it stands, in its own proportions. Nothing but its poster is fetched before it is to play. */
export function VideoBox({ file }: { file: AnyFile }) {
  const local = useLocal(file);
  const { width, height } = videoFrame(file);
  const poster = 'id' in file && file.previews.includes('large') ? fileUrl(file.id, 'large') : undefined;
  return (
    <figure className="file-video" style={{ width: `${width}px`, aspectRatio: `${width} / ${height}` }}>
      {/* biome-ignore lint/a11y/useMediaCaption: what people send has none. */}
      <video
        controls
        playsInline
        preload={poster === undefined ? 'metadata' : 'none'}
        poster={poster}
        src={local ?? ('id' in file ? fileUrl(file.id) : undefined)}
        aria-label={i18n.t('Video {file}', { file: file.name })}
        onPlay={(event) => pauseOthers(event.currentTarget)}
      />
      {'id' in file && (
        <div className="file-video-tools">
          <Download file={file} />
        </div>
      )}
    </figure>
  );
}

import { type AnyFile, AUDIO_HIGH, CARD_HIGH, frameOf, GAP, looksOf, videoFrame } from './looks';

/** Keeps the place of files until what draws them is there. */
export function FilesWait({ files }: { files: readonly AnyFile[] }) {
  const images = files.filter((file) => looksOf(file) === 'image');
  const videos = files.filter((file) => looksOf(file) === 'video');
  const audios = files.filter((file) => looksOf(file) === 'audio').length;
  const cards = files.length - images.length - videos.length - audios;
  const frames = [...(images.length > 0 ? [frameOf(images)] : []), ...videos.map(videoFrame)];
  return (
    <div aria-hidden="true">
      {frames.map(({ width, height }, place) => (
        <div
          // biome-ignore lint/suspicious/noArrayIndexKey: they are all alike.
          key={place}
          style={{ width: `${width}px`, maxWidth: '100%', aspectRatio: `${width} / ${height}`, marginTop: `${GAP}px` }}
        />
      ))}
      <div style={{ height: `${cards * (CARD_HIGH + GAP) + audios * (AUDIO_HIGH + GAP)}px` }} />
    </div>
  );
}

import { type AnyFile, AUDIO_HIGH, CARD_HIGH, frameOf, GAP, isVoice, looksOf, VOICE_HIGH, videoFrame } from './looks';

/** Keeps the place of files until what draws them is there. */
export function FilesWait({ files }: { files: readonly AnyFile[] }) {
  const images = files.filter((file) => looksOf(file) === 'image');
  const videos = files.filter((file) => looksOf(file) === 'video');
  const voices = files.filter(isVoice).length;
  const audios = files.filter((file) => looksOf(file) === 'audio').length - voices;
  const cards = files.length - images.length - videos.length - audios - voices;
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
      <div
        style={{ height: `${cards * (CARD_HIGH + GAP) + audios * (AUDIO_HIGH + GAP) + voices * (VOICE_HIGH + GAP)}px` }}
      />
    </div>
  );
}

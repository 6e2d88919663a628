import { type AnyFile, cardHigh, frameOf, looksOf, videoFrame } from './looks';

/** Keeps the place of files until what draws them is there: as many boxes, as high as theirs will be. */
export function FilesWait({ files }: { files: readonly AnyFile[] }) {
  const images = files.filter((file) => looksOf(file) === 'image');
  const videos = files.filter((file) => looksOf(file) === 'video');
  const cards = files.filter((file) => looksOf(file) === 'audio' || looksOf(file) === 'card');
  const boxes = [
    ...[...(images.length > 0 ? [frameOf(images)] : []), ...videos.map(videoFrame)].map(({ width, height }) => ({
      width: `${width}px`,
      maxWidth: '100%',
      aspectRatio: `${width} / ${height}`,
    })),
    ...cards.map((file) => ({ height: `${cardHigh(file)}px` })),
  ];
  return (
    <div className="files" aria-hidden="true">
      {boxes.map((style, place) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: they are all alike.
        <div key={place} style={style} />
      ))}
    </div>
  );
}

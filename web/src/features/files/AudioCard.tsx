import { i18n } from '@lingui/core';
import { useEffect, useRef, useState } from 'react';
import { Icon } from '@/components/Icon';
import { useStore } from '@/state/context';
import { Download } from './FileCard';
import { type AnyFile, isVoice } from './looks';
import { nextSpeed, pauseOthers, speed } from './playing';
import { lengthWords, sizeWords } from './size';
import { fileUrl } from './urls';
import { useLocal } from './useLocal';
import './files.css';

/** As many strokes as a card has place for. */
const STROKES = 48;

const OF_VOICE = {
  play: /*i18n*/ { id: 'Play the voice message' },
  pause: /*i18n*/ { id: 'Pause the voice message' },
  place: /*i18n*/ { id: 'Place in the voice message' },
};
const OF_FILE = {
  play: /*i18n*/ { id: 'Play {file}' },
  pause: /*i18n*/ { id: 'Pause {file}' },
  place: /*i18n*/ { id: 'Place in {file}' },
};

/** Something to listen to: play, where it is, how long. Only one plays at a time. */
export function AudioCard({ file }: { file: AnyFile }) {
  const local = useLocal(file);
  const voice = isVoice(file);
  const words = voice ? OF_VOICE : OF_FILE;
  const rate = useStore(speed);
  const audio = useRef<HTMLAudioElement>(null);
  const [playing, setPlaying] = useState(false);
  const [at_ms, setAt] = useState(0);
  const [told_ms, setTold] = useState<number>();
  const known = 'duration_ms' in file ? file.duration_ms : undefined;
  const length_ms = known ?? told_ms;
  const share = length_ms === undefined || length_ms === 0 ? 0 : Math.min(1, at_ms / length_ms);
  const src = local ?? ('id' in file ? fileUrl(file.id) : undefined);
  useEffect(() => {
    if (audio.current !== null) audio.current.playbackRate = rate;
  }, [rate]);
  const turn = (): void => {
    const player = audio.current;
    if (player === null) return;
    if (playing) return player.pause();
    pauseOthers(player);
    player.playbackRate = rate;
    player.play().catch(() => setPlaying(false));
  };
  return (
    <div className={voice ? 'file-card file-audio is-voice' : 'file-card file-audio'}>
      <button
        type="button"
        className="file-play"
        aria-label={i18n.t(playing ? words.pause.id : words.play.id, { file: file.name })}
        disabled={src === undefined}
        onClick={turn}
      >
        <Icon name={playing ? 'pause' : 'play'} />
      </button>
      <div className="file-words">
        {!voice && (
          <bdi className="file-name" title={file.name}>
            {file.name}
          </bdi>
        )}
        {/* What is played runs the same way in every script. */}
        <div className="file-track" dir="ltr">
          <Wave waveform={'waveform' in file ? file.waveform : undefined} share={share} />
          <input
            type="range"
            min={0}
            max={1000}
            value={Math.round(share * 1000)}
            aria-label={i18n.t(words.place.id, { file: file.name })}
            aria-valuetext={lengthWords(at_ms)}
            disabled={length_ms === undefined}
            onChange={(change) => {
              if (audio.current === null || length_ms === undefined) return;
              audio.current.currentTime = (Number(change.target.value) / 1_000_000) * length_ms;
              setAt((Number(change.target.value) / 1000) * length_ms);
            }}
          />
        </div>
        <div className="file-notes">
          <span className="file-note">
            {length_ms === undefined
              ? sizeWords(file.size)
              : `${at_ms > 0 ? `${lengthWords(at_ms)} / ` : ''}${lengthWords(length_ms)}`}
          </span>
          <button
            type="button"
            className="file-speed"
            aria-label={i18n.t('Speed {speed}', { speed: i18n.number(rate) })}
            title={i18n.t('How fast it is played')}
            onClick={nextSpeed}
          >
            {i18n.number(rate)}×
          </button>
        </div>
      </div>
      {'id' in file && <Download file={file} />}
      {/* biome-ignore lint/a11y/useMediaCaption: what people send has none. */}
      <audio
        ref={audio}
        preload="none"
        src={src}
        onPlay={() => setPlaying(true)}
        onPause={() => setPlaying(false)}
        onEnded={() => setAt(0)}
        onTimeUpdate={(event) => setAt(event.currentTarget.currentTime * 1000)}
        onDurationChange={({ currentTarget: { duration } }) => {
          if (Number.isFinite(duration)) setTold(duration * 1000);
        }}
      />
    </div>
  );
}

/** How loud it is from beginning to end, where that is known; a plain line where it is not. */
function Wave({ waveform, share }: { waveform: string | undefined; share: number }) {
  const bars = strokesOf(waveform);
  if (bars === undefined) return <span className="file-line" style={{ '--share': share } as React.CSSProperties} />;
  return (
    <svg className="file-wave" viewBox={`0 0 ${STROKES * 4} 28`} preserveAspectRatio="none" aria-hidden="true">
      {bars.map((high, place) => (
        <rect
          // biome-ignore lint/suspicious/noArrayIndexKey: strokes stay where they are.
          key={place}
          className={(place + 0.5) / STROKES <= share ? 'is-heard' : undefined}
          x={place * 4}
          y={14 - high * 13}
          width={2.4}
          height={high * 26}
          rx={1.2}
        />
      ))}
    </svg>
  );
}

function strokesOf(waveform: string | undefined): number[] | undefined {
  if (waveform === undefined || waveform === '') return undefined;
  try {
    const bytes = Uint8Array.from(atob(waveform), (char) => char.charCodeAt(0));
    const most = Math.max(1, ...bytes);
    return Array.from({ length: STROKES }, (_, place) => {
      const byte = bytes[Math.floor((place * bytes.length) / STROKES)] ?? 0;
      return Math.max(0.08, byte / most);
    });
  } catch {
    return undefined;
  }
}

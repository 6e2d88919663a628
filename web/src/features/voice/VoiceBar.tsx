import { i18n } from '@lingui/core';
import { type KeyboardEvent, useEffect, useRef, useState } from 'react';
import type { OutboxFile } from '@/client/outbox_store';
import { Icon } from '@/components/Icon';
import { uuid } from '@/lib/uuid';
import { AudioCard } from '../files/AudioCard';
import { pauseOthers } from '../files/playing';
import { lengthWords } from '../files/size';
import { held } from '../files/tray';
import { LevelBars } from './LevelBars';
import { NoMicrophone, type Recorded, type Recording, record, VOICE_MAX_MS } from './recording';
// A message with a file needs what uploads it.
import '../files/carrier';
import { voiceName } from './voiceName';
import './voice.css';

interface Props {
  onSend: (file: OutboxFile) => void;
  /** It is over; `why`: because nothing could be recorded. */
  onClose: (why?: string) => void;
}

const TICK_MS = 200;

/** Stands in place of the field while somebody speaks: how long, how loud, and then to be listened to before it is sent. */
export function VoiceBar({ onSend, onClose }: Props) {
  const { recording, duration_ms, paused, turn, made, listen, finish } = useRecording(onClose);
  const bar = useRef<HTMLDivElement>(null);
  // What was pressed to stop is gone with the recording: keys go on where it is listened to.
  useEffect(() => {
    if (made !== undefined) bar.current?.querySelector<HTMLElement>('.file-play')?.focus();
  }, [made]);
  const send = async (): Promise<void> => {
    const file = made ?? (await finish());
    if (file !== undefined) onSend(file);
    onClose();
  };
  const keyDown = (press: KeyboardEvent): void => {
    if (press.key !== 'Escape') return;
    press.preventDefault();
    press.stopPropagation();
    onClose();
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset within the form would be one more box to draw.
    <div ref={bar} className="voice" role="group" aria-label={i18n.t('Voice message')} onKeyDown={keyDown}>
      <button
        type="button"
        className="btn-icon"
        aria-label={i18n.t('Discard')}
        title={i18n.t('Discard (Esc)')}
        // The keys that end it are here from the first moment.
        // biome-ignore lint/a11y/noAutofocus: it was asked for, and takes the place of the field.
        autoFocus
        onClick={() => onClose()}
      >
        <Icon name="trash" />
      </button>
      {made !== undefined ? (
        <AudioCard file={made} />
      ) : (
        <>
          <span className={paused ? 'voice-dot is-paused' : 'voice-dot'} aria-hidden="true" />
          <span className="voice-time" role="timer" aria-label={i18n.t('Recorded')}>
            {lengthWords(duration_ms)}
          </span>
          <LevelBars recording={recording} />
          <button
            type="button"
            className="btn-icon"
            aria-label={paused ? i18n.t('Go on recording') : i18n.t('Pause')}
            title={paused ? i18n.t('Go on') : i18n.t('Pause')}
            disabled={recording === undefined}
            onClick={turn}
          >
            <Icon name={paused ? 'microphone' : 'pause'} />
          </button>
          <button
            type="button"
            className="btn-icon"
            aria-label={i18n.t('Stop and listen')}
            title={i18n.t('Stop and listen')}
            disabled={recording === undefined}
            onClick={() => void listen()}
          >
            <Icon name="stop" />
          </button>
        </>
      )}
      <button
        type="button"
        className="composer-send"
        aria-label={i18n.t('Send the voice message')}
        title={i18n.t('Send')}
        disabled={recording === undefined && made === undefined}
        onClick={() => void send()}
      >
        <Icon name="send" />
      </button>
      <span className="visually-hidden" role="status">
        {made !== undefined
          ? i18n.t('Ready to be listened to or sent.')
          : recording === undefined
            ? ''
            : i18n.t('Recording.')}
      </span>
    </div>
  );
}

/** The recording while it is made, and the file that it becomes. It ends with whoever uses this. */
function useRecording(onClose: Props['onClose']) {
  const [recording, setRecording] = useState<Recording>();
  const [duration_ms, setDuration] = useState(0);
  const [paused, setPaused] = useState(false);
  const [made, setMade] = useState<OutboxFile>();
  const close = useRef(onClose);
  close.current = onClose;

  useEffect(() => {
    let gone = false;
    let running: Recording | undefined;
    record().then(
      (begun) => {
        running = begun;
        if (gone) return begun.cancel();
        pauseOthers();
        setRecording(begun);
      },
      (why: Error) => {
        if (!gone)
          close.current(why instanceof NoMicrophone ? why.message : i18n.t('The microphone could not be used.'));
      },
    );
    return () => {
      gone = true;
      running?.cancel();
    };
  }, []);

  const finish = async (): Promise<OutboxFile | undefined> => {
    const recorded = await recording?.stop();
    return recorded === undefined ? undefined : fileOf(recorded);
  };
  const listen = async (): Promise<void> => {
    const file = await finish();
    if (file === undefined) close.current(i18n.t('Nothing was recorded.'));
    else setMade(file);
  };
  const latest = useRef(listen);
  latest.current = listen;
  useEffect(() => {
    if (recording === undefined || made !== undefined) return;
    const timer = setInterval(() => {
      setDuration(recording.duration_ms());
      // Who says more says it in another one.
      if (recording.duration_ms() < VOICE_MAX_MS) return;
      clearInterval(timer);
      void latest.current();
    }, TICK_MS);
    return () => clearInterval(timer);
  }, [recording, made]);

  const turn = (): void => {
    if (paused) recording?.resume();
    else recording?.pause();
    setPaused(!paused);
  };
  return { recording, duration_ms, paused, turn, made, listen, finish };
}

function fileOf({ blob, type, duration_ms, waveform }: Recorded): OutboxFile {
  const key = uuid();
  held.set(key, blob);
  return { key, name: voiceName(Date.now(), type), size: blob.size, type, duration_ms, waveform };
}

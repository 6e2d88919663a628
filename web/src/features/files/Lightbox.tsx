import { i18n } from '@lingui/core';
import {
  type KeyboardEvent,
  type PointerEvent,
  type ReactNode,
  useEffect,
  useRef,
  useState,
  type WheelEvent,
} from 'react';
import { Icon } from '@/components/Icon';
import { useModal } from '@/components/useModal';
import { arrows, isRtl } from '@/lib/direction';
import type { Attachment } from '@/protocol/ops.gen';
import { pauseOthers } from './playing';
import { sizeWords } from './size';
import { fileUrl } from './urls';
import { useLocal } from './useLocal';
import './lightbox.css';

interface Props {
  /** Each keeps its identity for as long as it is there; others may come before and behind it. */
  files: readonly Attachment[];
  first: Attachment;
  onClose: () => void;
  /** What is said of one besides its size. */
  note?: (file: Attachment) => ReactNode;
  /** Shows the message that has it. */
  onShow?: (file: Attachment) => void;
  /** The last of them is near. */
  onNear?: () => void;
}

const MOST = 6;
const STEP = 1.5;
const SWIPE_PX = 60;

interface View {
  scale: number;
  x: number;
  y: number;
}

const WHOLE: View = { scale: 1, x: 0, y: 0 };

/** So many before the last one more are asked for. */
const NEAR = 5;

/** Pictures, large, one after the other: arrows go on, plus and minus zoom, Escape and the browser's way back close it. */
export function Lightbox({ files, first, onClose, note, onShow, onNear }: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [current, setCurrent] = useState(first);
  const [view, setView] = useState(WHOLE);
  const at = usePlace(files, current, onNear);
  useModal(dialog);
  useWayBack(onClose);
  const file = files[at];
  useEffect(() => {
    // The message of the last one was deleted while it was shown.
    if (file === undefined) onClose();
  }, [file, onClose]);
  useEffect(() => {
    // The way that was pressed ended there: keys are still for the dialog.
    const on = document.activeElement;
    if (on === document.body || on?.matches(':disabled') === true) dialog.current?.focus();
  });
  if (file === undefined) return null;

  const go = (by: number): void => {
    const next = files[at + by];
    if (next === undefined) return;
    setCurrent(next);
    setView(WHOLE);
  };
  const zoom = (by: number, x = 0, y = 0): void => setView((before) => zoomed(before, by, x, y));
  const { next, previous } = arrows();
  const keys: Record<string, () => void> = {
    [previous]: () => go(-1),
    [next]: () => go(1),
    Home: () => go(-at),
    End: () => go(files.length - 1 - at),
    '+': () => zoom(STEP),
    '=': () => zoom(STEP),
    '-': () => zoom(1 / STEP),
    '0': () => setView(WHOLE),
  };
  const keyDown = (press: KeyboardEvent): void => {
    // What lies below has keys of its own.
    press.stopPropagation();
    const act = press.ctrlKey || press.metaKey || press.altKey ? undefined : keys[press.key];
    if (act === undefined) return;
    press.preventDefault();
    act();
  };
  const place = i18n.number(at + 1);
  const count = i18n.number(files.length);
  return (
    <dialog
      ref={dialog}
      className="lightbox"
      tabIndex={-1}
      aria-label={
        file.kind === 'video'
          ? i18n.t('Video {file}, {place} of {count}', { file: file.name, place, count })
          : i18n.t('Picture {file}, {place} of {count}', { file: file.name, place, count })
      }
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onKeyDown={keyDown}
      onClick={(event) => event.stopPropagation()}
    >
      <header className="lightbox-head">
        <div className="file-words">
          <bdi className="file-name">{file.name}</bdi>
          <span className="file-note">
            {note?.(file)}
            {onNear === undefined && files.length > 1 && `${i18n.t('{place} of {count}', { place, count })} · `}
            {file.width !== undefined && `${file.width} × ${file.height} · `}
            {sizeWords(file.size)}
          </span>
        </div>
        {onShow !== undefined && <Tool icon="message" name={i18n.t('Show in the room')} act={() => onShow(file)} />}
        {file.kind !== 'video' && (
          <>
            <Tool icon="minus" name={i18n.t('Smaller')} off={view.scale <= 1} act={() => zoom(1 / STEP)} />
            <Tool icon="plus" name={i18n.t('Larger')} off={view.scale >= MOST} act={() => zoom(STEP)} />
          </>
        )}
        <a
          className="btn-icon"
          href={fileUrl(file.id, 'download')}
          download={file.name}
          aria-label={i18n.t('Download {file}', { file: file.name })}
          title={i18n.t('Download')}
        >
          <Icon name="download" />
        </a>
        <Tool icon="close" name={i18n.t('Close')} act={onClose} focus />
      </header>
      <Stage key={file.id} file={file} view={view} onView={setView} onZoom={zoom} onGo={go} onClose={onClose} />
      {at > 0 && (
        <button
          type="button"
          className="lightbox-way is-back"
          aria-label={i18n.t('Previous picture')}
          onClick={() => go(-1)}
        >
          <Icon name="back" size={24} />
        </button>
      )}
      {at < files.length - 1 && (
        <button type="button" className="lightbox-way" aria-label={i18n.t('Next picture')} onClick={() => go(1)}>
          <Icon name="back" size={24} />
        </button>
      )}
    </dialog>
  );
}

/** Where the current one stands now, or what has come into its place. */
function usePlace(files: readonly Attachment[], current: Attachment, onNear: (() => void) | undefined): number {
  const last = useRef(0);
  const found = files.indexOf(current);
  const at = found >= 0 ? found : Math.min(last.current, files.length - 1);
  const near = useRef(onNear);
  near.current = onNear;
  const is_near = at >= files.length - NEAR;
  // biome-ignore lint/correctness/useExhaustiveDependencies: with more of them it may be near again.
  useEffect(() => {
    last.current = at;
    if (is_near) near.current?.();
  }, [at, is_near, files.length]);
  return at;
}

function Tool(props: {
  icon: 'plus' | 'minus' | 'close' | 'message';
  name: string;
  act: () => void;
  off?: boolean;
  focus?: boolean;
}) {
  const { icon, name, act, off = false, focus = false } = props;
  return (
    <button
      type="button"
      className="btn-icon"
      aria-label={name}
      title={name}
      disabled={off}
      data-autofocus={focus ? '' : undefined}
      onClick={act}
    >
      <Icon name={icon} />
    </button>
  );
}

interface StageProps {
  file: Attachment;
  view: View;
  onView: (view: View) => void;
  onZoom: (by: number, x: number, y: number) => void;
  onGo: (by: number) => void;
  onClose: () => void;
}

/** The picture itself: a wheel and a double press zoom at the pointer, a drag moves it, a swipe goes on. */
function Stage({ file, view, onView, onZoom, onGo, onClose }: StageProps) {
  const local = useLocal(file);
  const large = file.previews.includes('large') ? fileUrl(file.id, 'large') : fileUrl(file.id);
  const src = local ?? (file.type === 'image/gif' ? fileUrl(file.id) : large);
  const stage = useRef<HTMLDivElement>(null);
  const drag = useRef<{ x: number; y: number; view: View; moved: boolean }>(undefined);
  const [dragged, setDragged] = useState(false);
  const middle = (event: { clientX: number; clientY: number }): [number, number] => {
    const box = stage.current?.getBoundingClientRect();
    if (box === undefined) return [0, 0];
    return [event.clientX - box.left - box.width / 2, event.clientY - box.top - box.height / 2];
  };
  const down = (event: PointerEvent): void => {
    if (event.button !== 0 || event.target instanceof HTMLVideoElement) return;
    drag.current = { x: event.clientX, y: event.clientY, view, moved: false };
    event.currentTarget.setPointerCapture(event.pointerId);
  };
  const move = (event: PointerEvent): void => {
    const from = drag.current;
    if (from === undefined) return;
    const [dx, dy] = [event.clientX - from.x, event.clientY - from.y];
    if (!from.moved && Math.hypot(dx, dy) < 5) return;
    from.moved = true;
    setDragged(true);
    if (from.view.scale > 1) onView({ ...from.view, x: from.view.x + dx, y: from.view.y + dy });
  };
  const up = (event: PointerEvent): void => {
    const from = drag.current;
    drag.current = undefined;
    setDragged(false);
    if (from === undefined || event.type === 'pointercancel') return;
    const dx = event.clientX - from.x;
    if (from.moved && from.view.scale === 1 && Math.abs(dx) > SWIPE_PX) return onGo(dx < 0 === isRtl() ? -1 : 1);
    // Beside the picture is where it closes.
    if (!from.moved && event.target === stage.current) onClose();
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: keys and buttons of the dialog do all of it.
    <div
      ref={stage}
      className={dragged ? 'lightbox-stage is-dragged' : 'lightbox-stage'}
      onPointerDown={down}
      onPointerMove={move}
      onPointerUp={up}
      onPointerCancel={up}
      onDoubleClick={(event) => (view.scale > 1 ? onView(WHOLE) : onZoom(2.5, ...middle(event)))}
      onWheel={(event: WheelEvent) => onZoom(event.deltaY < 0 ? 1.2 : 1 / 1.2, ...middle(event))}
    >
      {file.kind === 'video' ? (
        // biome-ignore lint/a11y/useMediaCaption: what people send has none.
        <video
          controls
          playsInline
          src={local ?? fileUrl(file.id)}
          poster={file.previews.includes('large') ? fileUrl(file.id, 'large') : undefined}
          aria-label={i18n.t('Video {file}', { file: file.name })}
          onPlay={(event) => pauseOthers(event.currentTarget)}
        />
      ) : (
        <img
          src={src}
          alt={file.name}
          draggable={false}
          style={{ transform: `translate(${view.x}px, ${view.y}px) scale(${view.scale})` }}
        />
      )}
    </div>
  );
}

/** What is under the pointer stays there. */
function zoomed({ scale, x, y }: View, by: number, at_x: number, at_y: number): View {
  const next = Math.max(1, Math.min(MOST, scale * by));
  if (next === 1) return WHOLE;
  const grown = next / scale;
  return { scale: next, x: at_x - (at_x - x) * grown, y: at_y - (at_y - y) * grown };
}

/** The browser's way back closes what is open rather than leave the room. */
function useWayBack(onClose: () => void): void {
  const close = useRef(onClose);
  close.current = onClose;
  useEffect(() => {
    let gone = false;
    history.pushState({ ...(history.state as object | null), lightbox: true }, '');
    const back = (): void => {
      gone = true;
      close.current();
    };
    addEventListener('popstate', back);
    return () => {
      removeEventListener('popstate', back);
      if (!gone) history.back();
    };
  }, []);
}

import { i18n } from '@lingui/core';
import { type ReactNode, type Ref, Suspense, useEffect, useImperativeHandle, useRef, useState } from 'react';
import { flushSync } from 'react-dom';
import { Link } from 'wouter';
import type { OutboxFile, Place } from '@/client/outbox_store';
import type { Anchor } from '@/components/Floating';
import { Icon } from '@/components/Icon';
import { late, lateIfAny } from '@/lib/late';
import { paths } from '@/lib/paths';
import { soon } from '@/lib/soon';
import { storage } from '@/lib/storage';
import type { Room } from '@/protocol/ops.gen';
import { roomLabel } from '@/state/names';
import { useTray } from '../files/useTray';
import { BlockedNote } from '../people/BlockedNote';
import { AddButton, Buttons } from './Buttons';
import { stood } from './EarlyComposer';
import { doesEnterSend } from './enterKey';
import type { Format } from './formats';
import { CHOICES_ID } from './place';
import { useEditor } from './useEditor';
import { useKeys } from './useKeys';
import { useOffer } from './useOffer';
import { useSending } from './useSending';
import { useWriting } from './useWriting';

export interface ComposerHandle {
  focus: () => void;
}

const LeaveQuestion = soon(async () => (await import('../opened')).LeaveQuestion);
// What not everybody needs at once is fetched when it is needed first.
const Completion = late(async () => (await import('./Completion')).Completion);
const CallNote = lateIfAny(async () => (await import('./CallNote')).CallNote);
const Toolbar = late(async () => (await import('./Toolbar')).Toolbar);
const SendLater = late(async () => (await import('../later/parts')).SendLater);
const NewPoll = late(async () => (await import('../polls/NewPoll')).NewPoll);
const StickerPicker = late(async () => (await import('../stickers/StickerPicker')).StickerPicker);
const Tray = late(async () => (await import('../files/Tray')).Tray);
const VoiceBar = late(async () => (await import('../voice/VoiceBar')).VoiceBar);
const Help = late(async () => (await import('./Help')).Help);

/** From here on the room that is left is shown. */
const SHOW_LEFT_BYTES = 2_000;
const TOOLS_KEY = 'parley.composer.tools';

export interface ComposerProps {
  room: Room;
  onSent: () => void;
  /** What its draft is kept by; the room's id unless said otherwise. */
  draft?: string;
  label?: string;
  /** Stands in the empty field where there is little room; the label unless said otherwise. */
  hint?: string;
  /** The root of the thread that it writes in. */
  thread?: number;
  /** It comes back to a room that is open: whoever does something else meanwhile keeps the focus. */
  returned?: boolean;
  /** Sends in another way than as a message of its own to the room. */
  send?: ((body: string, files?: readonly OutboxFile[]) => void) | undefined;
  /** Where it belongs when it is sent later: its thread, its quote. */
  place?: Place;
  /** It is kept, to be sent later. */
  onKept?: () => void;
  /** The arrow up, where nothing is written. */
  onUp?: (() => void) | undefined;
  /** Escape, when it is not for a list of the composer's own. */
  onEscape?: (() => void) | undefined;
  /** What the message will belong to, shown above it. */
  above?: ReactNode;
  ref?: Ref<ComposerHandle>;
}

/** Where a message is written. What is typed is kept as a draft until it is sent. */
export function Composer({ room, onSent, draft = room.id, thread, above, ref, ...props }: ComposerProps) {
  const box = useRef<HTMLTextAreaElement>(null);
  const form = useRef<HTMLFormElement>(null);
  const [early] = useState(() => stood.get(draft));
  const { text, write } = useWriting(box, room, draft, early !== undefined || props.returned);
  const offer = useOffer(box, text);
  const [tools, setTools] = useState(() => storage.getItem(TOOLS_KEY) === '1');
  const [preview, setPreview] = useState(false);
  const [kept, setKept] = useState<string>();
  const [sticker, setSticker] = useState<Anchor>();
  const tray = useTray(room, draft, form);
  const [recording, setRecording] = useState(false);
  const { command, send, speak, left, sendable } = useSending({
    room,
    thread,
    text,
    tray,
    send: props.send,
    onSent,
    clear,
  });
  const edit = useEditor(box, text, change);
  const { keyDown, paste, insert, complete } = useKeys({ ...props, box, text, offer, edit, send });
  useImperativeHandle(ref, () => ({ focus: () => box.current?.focus() }), []);
  // Not while it is drawn: a drawing may be given up, and be made again.
  useEffect(() => {
    if (!stood.delete(draft)) return;
    const submit = (whole: boolean): void => {
      if (whole && early?.send) form.current?.requestSubmit();
    };
    if (early?.files === undefined) submit(true);
    else void tray.take(early.files).then(submit);
  }, [draft, early, tray.take]);

  function change(next: string): void {
    write(next);
    offer.written(next);
    command.forget();
    tray.forget();
    setKept(undefined);
  }
  /** What was written is done with; what was written since, while it was under way, is not. */
  function clear(): void {
    const now = box.current?.value ?? text;
    if (now !== text) return now.startsWith(text) ? write(now.slice(text.length).trimStart()) : undefined;
    write('');
    offer.close();
    setPreview(false);
    box.current?.focus();
  }
  const turnTools = (): void => {
    setTools(!tools);
    storage.setItem(TOOLS_KEY, tools ? '0' : '1');
    box.current?.focus();
  };
  const label = props.label ?? i18n.t('Message {room}', { room: roomLabel(room) });
  return (
    <>
      <form ref={form} className={recording ? 'composer is-recording' : 'composer'} onSubmit={send}>
        <Suspense>
          {offer.offered !== undefined && (
            <Completion
              ref={offer.choices}
              place={offer.offered}
              room={room}
              onPick={complete}
              onChosen={offer.setChosen}
            />
          )}
        </Suspense>
        {(command.error ?? tray.problem) !== undefined && (
          <p className="composer-error" role="alert">
            {command.error ?? tray.problem}
          </p>
        )}
        {command.told !== undefined && (
          <p className="composer-note" role="status">
            {command.told}
          </p>
        )}
        {kept !== undefined && (
          <p className="composer-note" role="status">
            {i18n.t('It will be sent {when}.', { when: kept })}{' '}
            <Link href={paths.later('scheduled')}>{i18n.t('Show what waits')}</Link>
          </p>
        )}
        <Suspense>{text.includes('@') && <CallNote room={room} reply={thread !== undefined} text={text} />}</Suspense>
        {room.peer !== undefined && <BlockedNote peer={room.peer} />}
        {above !== undefined && <div className="composer-above">{above}</div>}
        <Suspense>{tray.files.length > 0 && <Tray files={tray.files} onRemove={tray.remove} />}</Suspense>
        <Suspense>
          {tools && <Toolbar text={text} preview={preview} onPreview={setPreview} onFormat={insert} />}
        </Suspense>
        <AddButton
          onAdd={(kind, beside) => {
            if (kind === 'file') tray.choose();
            else if (kind === 'poll') command.show('poll');
            else setSticker(beside);
          }}
          files={tray.allowed}
        />
        <textarea
          ref={box}
          rows={1}
          dir={text === '' ? undefined : 'auto'}
          value={text}
          placeholder={props.hint ?? label}
          aria-label={label}
          aria-autocomplete="list"
          aria-controls={offer.chosen === undefined ? undefined : CHOICES_ID}
          aria-activedescendant={offer.chosen}
          enterKeyHint={doesEnterSend() ? 'send' : 'enter'}
          onChange={(event) => change(event.target.value)}
          onSelect={offer.moved}
          onBlur={offer.close}
          onKeyDown={keyDown}
          onPaste={(event) => tray.pasted(event) || paste(event)}
        />
        <Suspense>
          {recording && (
            <VoiceBar
              onSend={speak}
              onClose={(why) => {
                flushSync(() => setRecording(false));
                if (why !== undefined) command.fail(why);
                box.current?.focus();
              }}
            />
          )}
        </Suspense>
        {left < SHOW_LEFT_BYTES && (
          <span className={left < 0 ? 'composer-left is-over' : 'composer-left'} role="status">
            {left < 0 ? i18n.t('Too long') : i18n.number(left)}
          </span>
        )}
        <Buttons
          box={box}
          tools={tools}
          onTools={turnTools}
          onEmoji={(char) => insert({ make: putting(char) })}
          sendable={sendable}
          beside={
            sendable ? (
              <Suspense>
                <SendLater
                  room={room}
                  text={text}
                  place={props.place ?? {}}
                  files={tray.files}
                  draft={draft}
                  onError={command.fail}
                  onKept={(when) => {
                    tray.release();
                    clear();
                    setKept(when);
                    props.onKept?.();
                  }}
                />
              </Suspense>
            ) : (
              tray.allowed && (
                <button
                  type="button"
                  className="btn-icon"
                  aria-label={i18n.t('Record a voice message')}
                  title={i18n.t('Voice message')}
                  onClick={() => setRecording(true)}
                >
                  <Icon name="microphone" />
                </button>
              )
            )
          }
        />
      </form>
      {/* Forms of their own: one within another is none. */}
      <Suspense>
        {command.dialog === 'leave' && <LeaveQuestion room={room} onClose={command.close} />}
        {command.dialog === 'help' && <Help onClose={command.close} />}
        {command.dialog === 'poll' && <NewPoll room={room} thread={thread} onSent={onSent} onClose={command.close} />}
        {sticker !== undefined && (
          <StickerPicker
            room={room}
            thread={thread}
            anchor={sticker}
            onSent={onSent}
            onClose={() => setSticker(undefined)}
          />
        )}
      </Suspense>
    </>
  );
}

function putting(words: string): Format['make'] {
  return ({ from, to }) => ({
    from,
    to,
    insert: words,
    select_from: from + words.length,
    select_to: from + words.length,
  });
}

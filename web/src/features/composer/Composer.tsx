import {
  type ClipboardEvent,
  type FormEvent,
  type KeyboardEvent,
  lazy,
  type ReactNode,
  type Ref,
  Suspense,
  useEffect,
  useImperativeHandle,
  useLayoutEffect,
  useRef,
  useState,
} from 'react';
import { Icon } from '@/components/Icon';
import { storage } from '@/lib/storage';
import { byteLength } from '@/lib/text';
import { LIMITS, type Room } from '@/protocol/ops.gen';
import { useSession } from '@/state/context';
import { roomLabel } from '@/state/names';
import { EmojiPicker } from '../emoji/EmojiPicker';
import { LeaveQuestion } from '../members/LeaveRoom';
import type { Choice, ChoicesHandle } from './Choices';
import { readLine } from './commands';
import { newLine, pasteLink, type Selected } from './editing';
import { FormatIcon } from './FormatIcon';
import { formatOfKey } from './formats';
import { CHOICES_ID, placeAt } from './place';
import { useCommand } from './useCommand';
import { useEditor } from './useEditor';

export interface ComposerHandle {
  focus: () => void;
}

const Completion = lazy(async () => ({ default: (await import('./Completion')).Completion }));
const Toolbar = lazy(async () => ({ default: (await import('./Toolbar')).Toolbar }));
const Help = lazy(async () => ({ default: (await import('./Help')).Help }));

/** From here on the room that is left is shown. */
const SHOW_LEFT_BYTES = 2_000;
const PAUSE_MS = 5_000;
const TOOLS_KEY = 'parley.composer.tools';

interface Props {
  room: Room;
  onSent: () => void;
  /** What its draft is kept by; the room's id unless said otherwise. */
  draft?: string;
  label?: string;
  /** Sends in another way than as a message of its own to the room. */
  send?: (body: string) => void;
  /** The arrow up, where nothing is written. */
  onUp?: (() => void) | undefined;
  /** Escape, when it is not for a list of the composer's own. */
  onEscape?: (() => void) | undefined;
  /** What the message will belong to, shown above it. */
  above?: ReactNode;
  ref?: Ref<ComposerHandle>;
}

/** Where a message is written. What is typed is kept as a draft until it is sent. */
export function Composer({
  room,
  onSent,
  draft = room.id,
  send: sendBody,
  onUp,
  onEscape,
  above,
  ref,
  ...props
}: Props) {
  const { chat, drafts } = useSession();
  const [text, setText] = useState(() => drafts.get(draft));
  const [caret, setCaret] = useState<number>();
  const [dismissed, setDismissed] = useState<number>();
  const [chosen, setChosen] = useState<string>();
  const [tools, setTools] = useState(() => storage.getItem(TOOLS_KEY) === '1');
  const [preview, setPreview] = useState(false);
  const [emoji, setEmoji] = useState(false);
  const box = useRef<HTMLTextAreaElement>(null);
  const emoji_button = useRef<HTMLButtonElement>(null);
  const choices = useRef<ChoicesHandle>(null);
  const pause = useRef<ReturnType<typeof setTimeout>>(undefined);
  useImperativeHandle(ref, () => ({ focus: () => box.current?.focus() }), []);

  useEffect(() => {
    const area = box.current;
    area?.setSelectionRange(area.value.length, area.value.length);
    if (!coarsePointer()) area?.focus();
    return () => {
      clearTimeout(pause.current);
      chat.teller.stopped();
    };
  }, [chat]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: the height follows the text.
  useLayoutEffect(() => {
    const area = box.current;
    if (area === null) return;
    area.style.height = 'auto';
    area.style.height = `${area.scrollHeight}px`;
  }, [text]);

  const command = useCommand({ room, sent: () => clear(), send: (body) => post(body) });

  const change = (next: string): void => {
    setText(next);
    setCaret(box.current?.selectionStart ?? next.length);
    command.forget();
    drafts.set(draft, next);
    clearTimeout(pause.current);
    // A command is nobody's to await.
    if (next.trim() === '' || next.startsWith('/')) return chat.teller.stopped();
    chat.teller.typed(room.id);
    pause.current = setTimeout(() => chat.teller.stopped(), PAUSE_MS);
  };
  const edit = useEditor(box, text, change);
  const selected = (): Selected => {
    const area = box.current;
    return {
      text: area?.value ?? text,
      from: area?.selectionStart ?? text.length,
      to: area?.selectionEnd ?? text.length,
    };
  };

  const place = caret === undefined ? undefined : placeAt(text, caret);
  const offered = place !== undefined && place.from !== dismissed ? place : undefined;
  const complete = (choice: Choice): void => {
    if (offered === undefined) return;
    choice.taken?.();
    const end = offered.from + choice.insert.length;
    // A space that is there already need not come twice.
    const to = text[offered.to] === ' ' ? offered.to + 1 : offered.to;
    edit({ from: offered.from, to, insert: choice.insert, select_from: end, select_to: end });
    setCaret(undefined);
  };

  const label = props.label ?? `Message ${roomLabel(room)}`;
  const left = LIMITS.max_body - byteLength(text.trim());
  const sendable = text.trim() !== '' && left >= 0;
  const clear = (): void => {
    clearTimeout(pause.current);
    chat.teller.stopped();
    setText('');
    setCaret(undefined);
    setPreview(false);
    drafts.set(draft, '');
    box.current?.focus();
  };
  const post = (body: string): void => {
    chat.setOwnState('online');
    if (sendBody === undefined) chat.send(room.id, body);
    else sendBody(body);
    onSent();
  };
  const send = (event?: FormEvent): void => {
    event?.preventDefault();
    if (!sendable || command.busy) return;
    const line = readLine(text.trim());
    if (line.kind !== 'message') return command.run(line);
    post(line.body);
    clear();
  };

  const keyDown = (event: KeyboardEvent): void => {
    // The keys of a composition are the input method's; keyCode 229 is Safari's way to say so of its last Enter.
    if (event.nativeEvent.isComposing || event.keyCode === 229) return;
    if (offered !== undefined) {
      if (event.key === 'Escape' && chosen !== undefined) {
        event.preventDefault();
        event.stopPropagation();
        return setDismissed(offered.from);
      }
      if (choices.current?.keyDown(event) === true) return event.preventDefault();
    }
    const format = formatOfKey(event, selected());
    if (format !== undefined) {
      event.preventDefault();
      event.stopPropagation();
      return edit(format.make(selected()));
    }
    if (event.key === 'Escape' && onEscape !== undefined) {
      event.stopPropagation();
      return onEscape();
    }
    if (event.key === 'ArrowUp' && text === '' && onUp !== undefined) {
      event.preventDefault();
      return onUp();
    }
    if (event.key !== 'Enter' || event.altKey) return;
    if (event.shiftKey || (coarsePointer() && !event.ctrlKey && !event.metaKey)) {
      const next = newLine(selected());
      if (next === undefined) return;
      event.preventDefault();
      return edit(next);
    }
    event.preventDefault();
    send();
  };
  const paste = (event: ClipboardEvent): void => {
    const made = pasteLink(selected(), event.clipboardData.getData('text/plain'));
    if (made === undefined) return;
    event.preventDefault();
    edit(made);
  };

  return (
    <form className="composer" onSubmit={send}>
      {offered !== undefined && (
        <Suspense>
          <Completion ref={choices} place={offered} room={room} onPick={complete} onChosen={setChosen} />
        </Suspense>
      )}
      {command.error !== undefined && (
        <p className="composer-error" role="alert">
          {command.error}
        </p>
      )}
      {above !== undefined && <div className="composer-above">{above}</div>}
      {tools && (
        <Suspense>
          <Toolbar
            text={text}
            preview={preview}
            onPreview={setPreview}
            onFormat={(format) => edit(format.make(selected()))}
          />
        </Suspense>
      )}
      <textarea
        ref={box}
        rows={1}
        value={text}
        placeholder={label}
        aria-label={label}
        aria-autocomplete="list"
        aria-controls={offered !== undefined && chosen !== undefined ? CHOICES_ID : undefined}
        aria-activedescendant={offered === undefined ? undefined : chosen}
        enterKeyHint={coarsePointer() ? 'enter' : 'send'}
        onChange={(event) => change(event.target.value)}
        onSelect={() => {
          const area = box.current;
          // Only where it is while something is completed: elsewhere a look back must not open a list.
          if (offered !== undefined)
            setCaret(area?.selectionStart === area?.selectionEnd ? area?.selectionStart : undefined);
        }}
        onBlur={() => setCaret(undefined)}
        onKeyDown={keyDown}
        onPaste={paste}
      />
      {left < SHOW_LEFT_BYTES && (
        <span className={left < 0 ? 'composer-left is-over' : 'composer-left'} role="status">
          {left < 0 ? 'Too long' : left.toLocaleString()}
        </span>
      )}
      <button
        type="button"
        className={tools ? 'btn-icon composer-tool is-on' : 'btn-icon composer-tool'}
        aria-label="Formatting"
        aria-pressed={tools}
        title="Formatting"
        onClick={() => {
          setTools(!tools);
          storage.setItem(TOOLS_KEY, tools ? '0' : '1');
          box.current?.focus();
        }}
      >
        <FormatIcon name="format" />
      </button>
      <button
        ref={emoji_button}
        type="button"
        className={emoji ? 'btn-icon composer-tool is-on' : 'btn-icon composer-tool'}
        aria-label="Emoji"
        aria-expanded={emoji}
        aria-haspopup="dialog"
        title="Emoji"
        onClick={() => setEmoji(!emoji)}
      >
        <FormatIcon name="smile" />
      </button>
      <button
        type="submit"
        className="composer-send"
        aria-label="Send"
        title="Send"
        disabled={!sendable || command.busy}
      >
        <Icon name="send" />
      </button>
      {emoji && (
        <EmojiPicker
          anchor={emoji_button.current}
          onClose={() => {
            setEmoji(false);
            if (!coarsePointer()) box.current?.focus();
          }}
          onPick={(char) => {
            const { from, to } = selected();
            edit({ from, to, insert: char, select_from: from + char.length, select_to: from + char.length });
          }}
        />
      )}
      <Suspense>{command.dialog === 'help' && <Help onClose={command.close} />}</Suspense>
      {command.dialog === 'leave' && <LeaveQuestion room={room} onClose={command.close} />}
    </form>
  );
}

/** Touch keyboards have no Shift+Enter: there Enter is a new line and the button sends. */
function coarsePointer(): boolean {
  return matchMedia('(hover: none) and (pointer: coarse)').matches;
}

import {
  type FormEvent,
  type KeyboardEvent,
  type ReactNode,
  type Ref,
  useEffect,
  useImperativeHandle,
  useLayoutEffect,
  useRef,
  useState,
} from 'react';
import { Icon } from '@/components/Icon';
import { byteLength } from '@/lib/text';
import { LIMITS, type Room } from '@/protocol/ops.gen';
import { useSession } from '@/state/context';
import { roomLabel } from '@/state/names';

export interface ComposerHandle {
  focus: () => void;
}

/** From here on the room that is left is shown. */
const SHOW_LEFT_BYTES = 2_000;
const PAUSE_MS = 5_000;

interface Props {
  room: Room;
  onSent: () => void;
  /** Names what is written here among the drafts: the room's, unless it is for a thread of it. */
  draft?: string;
  /** What the field is called, when it is not the room's. */
  label?: string;
  /** Sends in place of the plain way: as a reply, or with a quote. */
  send?: ((body: string) => void) | undefined;
  /** Arrow-up where nothing is written, and Esc. */
  onUp?: (() => void) | undefined;
  onEscape?: (() => void) | undefined;
  /** What stands above the field: the message that is quoted. */
  above?: ReactNode;
  ref?: Ref<ComposerHandle>;
}

/** Where a message is written. What is typed is kept as a draft of the room until it is sent. */
export function Composer(props: Props) {
  const { room, onSent, draft = room.id, label = `Message ${roomLabel(room)}`, above, ref } = props;
  const { chat, drafts } = useSession();
  const [text, setText] = useState(() => drafts.get(draft));
  const box = useRef<HTMLTextAreaElement>(null);
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

  const change = (next: string): void => {
    setText(next);
    drafts.set(draft, next);
    clearTimeout(pause.current);
    if (next.trim() === '') return chat.teller.stopped();
    chat.teller.typed(room.id);
    pause.current = setTimeout(() => chat.teller.stopped(), PAUSE_MS);
  };

  const left = LIMITS.max_body - byteLength(text.trim());
  const sendable = text.trim() !== '' && left >= 0;
  const send = (event?: FormEvent): void => {
    event?.preventDefault();
    if (!sendable) return;
    clearTimeout(pause.current);
    if (props.send === undefined) chat.send(room.id, text.trim());
    else props.send(text.trim());
    setText('');
    drafts.set(draft, '');
    box.current?.focus();
    onSent();
  };

  const keyDown = (event: KeyboardEvent): void => {
    if (event.key === 'Escape') props.onEscape?.();
    if (event.key === 'ArrowUp' && text === '' && props.onUp !== undefined) {
      event.preventDefault();
      props.onUp();
    }
    // The Enter that ends the composition of a character is the input method's; keyCode 229 is Safari's way to say so.
    if (event.key !== 'Enter' || event.nativeEvent.isComposing || event.keyCode === 229) return;
    if (event.shiftKey || event.altKey || (coarsePointer() && !event.ctrlKey && !event.metaKey)) return;
    event.preventDefault();
    send();
  };

  return (
    <form className="composer" onSubmit={send}>
      {above}
      <textarea
        ref={box}
        rows={1}
        value={text}
        placeholder={label}
        aria-label={label}
        enterKeyHint={coarsePointer() ? 'enter' : 'send'}
        onChange={(event) => change(event.target.value)}
        onKeyDown={keyDown}
      />
      {left < SHOW_LEFT_BYTES && (
        <span className={left < 0 ? 'composer-left is-over' : 'composer-left'} role="status">
          {left < 0 ? 'Too long' : left.toLocaleString()}
        </span>
      )}
      <button type="submit" className="composer-send" aria-label="Send" title="Send" disabled={!sendable}>
        <Icon name="send" />
      </button>
    </form>
  );
}

/** Touch keyboards have no Shift+Enter: there Enter is a new line and the button sends. */
function coarsePointer(): boolean {
  return matchMedia('(hover: none) and (pointer: coarse)').matches;
}

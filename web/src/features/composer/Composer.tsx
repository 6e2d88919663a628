import {
  type FormEvent,
  type KeyboardEvent,
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

/** Where a message is written. What is typed is kept as a draft of the room until it is sent. */
export function Composer({ room, onSent, ref }: { room: Room; onSent: () => void; ref?: Ref<ComposerHandle> }) {
  const { chat, drafts } = useSession();
  const [text, setText] = useState(() => drafts.get(room.id));
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
    drafts.set(room.id, next);
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
    chat.send(room.id, text.trim());
    setText('');
    drafts.set(room.id, '');
    box.current?.focus();
    onSent();
  };

  const keyDown = (event: KeyboardEvent): void => {
    // The Enter that ends the composition of a character is the input method's; keyCode 229 is Safari's way to say so.
    if (event.key !== 'Enter' || event.nativeEvent.isComposing || event.keyCode === 229) return;
    if (event.shiftKey || event.altKey || (coarsePointer() && !event.ctrlKey && !event.metaKey)) return;
    event.preventDefault();
    send();
  };

  return (
    <form className="composer" onSubmit={send}>
      <textarea
        ref={box}
        rows={1}
        value={text}
        placeholder={`Message ${roomLabel(room)}`}
        aria-label={`Message ${roomLabel(room)}`}
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

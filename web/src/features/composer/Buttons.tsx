import { type ReactNode, type RefObject, useRef, useState } from 'react';
import { Icon } from '@/components/Icon';
import { EmojiPicker } from '../emoji/EmojiPicker';
import { FormatIcon } from './FormatIcon';

interface Props {
  box: RefObject<HTMLTextAreaElement | null>;
  tools: boolean;
  onTools: () => void;
  onEmoji: (char: string) => void;
  sendable: boolean;
  /** Beside the button that sends: another way to. */
  later?: ReactNode;
}

/** What stands beside the field. */
export function Buttons({ box, tools, onTools, onEmoji, sendable, later }: Props) {
  const [open, setOpen] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  return (
    <>
      <button
        type="button"
        className={tools ? 'btn-icon is-on' : 'btn-icon'}
        aria-label="Formatting"
        aria-pressed={tools}
        title="Formatting"
        onClick={onTools}
      >
        <FormatIcon name="format" />
      </button>
      <button
        ref={button}
        type="button"
        className={open ? 'btn-icon is-on' : 'btn-icon'}
        aria-label="Emoji"
        aria-expanded={open}
        aria-haspopup="dialog"
        title="Emoji"
        onClick={() => setOpen(!open)}
      >
        <FormatIcon name="smile" />
      </button>
      {later}
      <button type="submit" className="composer-send" aria-label="Send" title="Send" disabled={!sendable}>
        <Icon name="send" />
      </button>
      {open && (
        <EmojiPicker
          anchor={button.current}
          onPick={onEmoji}
          onClose={() => {
            setOpen(false);
            box.current?.focus();
          }}
        />
      )}
    </>
  );
}

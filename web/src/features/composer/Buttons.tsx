import { lazy, type ReactNode, type RefObject, Suspense, useRef, useState } from 'react';
import type { Anchor } from '@/components/Floating';
import { Icon } from '@/components/Icon';
import { EmojiPicker } from '../emoji/EmojiPicker';
import { FormatIcon } from './FormatIcon';

const AddMenu = lazy(async () => ({ default: (await import('./AddMenu')).AddMenu }));

interface Props {
  box: RefObject<HTMLTextAreaElement | null>;
  tools: boolean;
  onTools: () => void;
  onEmoji: (char: string) => void;
  onAdd: (kind: 'file' | 'poll' | 'sticker', beside: Anchor) => void;
  /** Files may be attached. */
  files: boolean;
  sendable: boolean;
  /** Another way to send: later what is written, else a voice. It comes first, so that no button moves under a pointer. */
  beside?: ReactNode;
}

/** What stands beside the field. */
export function Buttons({ box, tools, onTools, onEmoji, onAdd, files, sendable, beside }: Props) {
  const [open, setOpen] = useState(false);
  const [adding, setAdding] = useState<Anchor>();
  const button = useRef<HTMLButtonElement>(null);
  return (
    <>
      {beside}
      <button
        type="button"
        className={adding === undefined ? 'btn-icon' : 'btn-icon is-on'}
        aria-label="Add a file, a poll or a sticker"
        aria-haspopup="dialog"
        aria-expanded={adding !== undefined}
        title="File, poll, sticker"
        onClick={(press) => setAdding(press.currentTarget.getBoundingClientRect())}
      >
        <Icon name="plus" />
      </button>
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
      <button type="submit" className="composer-send" aria-label="Send" title="Send" disabled={!sendable}>
        <Icon name="send" />
      </button>
      <Suspense>
        {adding !== undefined && (
          <AddMenu
            anchor={adding}
            onFile={files ? () => onAdd('file', adding) : undefined}
            onPoll={() => onAdd('poll', adding)}
            onSticker={() => onAdd('sticker', adding)}
            onClose={() => setAdding(undefined)}
          />
        )}
      </Suspense>
      {open && (
        <EmojiPicker
          own
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

import { i18n } from '@lingui/core';
import { type ReactNode, type RefObject, Suspense, useRef, useState } from 'react';
import type { Anchor } from '@/components/Floating';
import { Icon } from '@/components/Icon';
import { late } from '@/lib/late';
import { EmojiPicker } from '../emoji/EmojiPicker';
import { FormatIcon } from './FormatIcon';

const AddMenu = late(async () => (await import('./AddMenu')).AddMenu);

interface AddProps {
  onAdd: (kind: 'file' | 'poll' | 'sticker', beside: Anchor) => void;
  /** Files may be attached. */
  files: boolean;
}

/** Before the field: what a message can be besides a text. */
export function AddButton({ onAdd, files }: AddProps) {
  const [adding, setAdding] = useState<Anchor>();
  return (
    <>
      <button
        type="button"
        className={adding === undefined ? 'btn-icon composer-add' : 'btn-icon composer-add is-on'}
        aria-label={i18n.t('Add a file, a poll or a sticker')}
        aria-haspopup="dialog"
        aria-expanded={adding !== undefined}
        title={i18n.t('File, poll, sticker')}
        onClick={(press) => setAdding(press.currentTarget.getBoundingClientRect())}
      >
        <Icon name="plus" />
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
    </>
  );
}

interface Props {
  box: RefObject<HTMLTextAreaElement | null>;
  tools: boolean;
  onTools: () => void;
  onEmoji: (char: string) => void;
  sendable: boolean;
  /** Another way to send: later what is written, else a voice. It comes first, so that no button moves under a pointer. */
  beside?: ReactNode;
}

/** What stands behind the field. */
export function Buttons({ box, tools, onTools, onEmoji, sendable, beside }: Props) {
  const [open, setOpen] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  return (
    <>
      {beside}
      <button
        type="button"
        className={tools ? 'btn-icon composer-format is-on' : 'btn-icon composer-format'}
        aria-label={i18n.t('Formatting')}
        aria-pressed={tools}
        title={i18n.t('Formatting')}
        onClick={onTools}
      >
        <FormatIcon name="format" />
      </button>
      <button
        ref={button}
        type="button"
        className={open ? 'btn-icon is-on' : 'btn-icon'}
        aria-label={i18n.t('Emoji')}
        aria-expanded={open}
        aria-haspopup="dialog"
        title={i18n.t('Emoji')}
        onClick={() => setOpen(!open)}
      >
        <FormatIcon name="smile" />
      </button>
      <button
        type="submit"
        className="composer-send"
        aria-label={i18n.t('Send')}
        title={i18n.t('Send')}
        disabled={!sendable}
      >
        <Icon name="send" />
      </button>
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

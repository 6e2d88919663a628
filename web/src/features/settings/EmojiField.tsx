import { i18n } from '@lingui/core';
import { useRef, useState } from 'react';
import { Icon } from '@/components/Icon';
import { EmojiPicker } from '../emoji/EmojiPicker';

/** One emoji or none, chosen from the picker. */
export function EmojiField({ value, onChange }: { value: string; onChange: (emoji: string) => void }) {
  const [open, setOpen] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  return (
    <>
      <button
        ref={button}
        type="button"
        className="emoji-field"
        aria-label={
          value === '' ? i18n.t('Choose an emoji') : i18n.t('Emoji {emoji}, choose another', { emoji: value })
        }
        aria-expanded={open}
        onClick={() => setOpen(!open)}
      >
        {value === '' ? <Icon name="smile" size={20} /> : value}
      </button>
      {open && (
        <EmojiPicker
          anchor={button.current}
          onClose={() => setOpen(false)}
          onPick={(emoji) => {
            onChange(emoji);
            setOpen(false);
          }}
        />
      )}
    </>
  );
}

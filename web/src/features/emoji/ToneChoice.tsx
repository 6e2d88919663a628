import { i18n, type MessageDescriptor } from '@lingui/core';
import { useState } from 'react';
import type { Tone } from './data';

const TONES: { tone: Tone; name: MessageDescriptor; sign: string }[] = [
  { tone: 0, name: /*i18n*/ { id: 'No tone' }, sign: '✋' },
  { tone: 1, name: /*i18n*/ { id: 'Light (tone)', message: 'Light', comment: 'A tone of skin' }, sign: '✋🏻' },
  { tone: 2, name: /*i18n*/ { id: 'Medium light' }, sign: '✋🏼' },
  { tone: 3, name: /*i18n*/ { id: 'Medium (tone)', message: 'Medium', comment: 'A tone of skin' }, sign: '✋🏽' },
  { tone: 4, name: /*i18n*/ { id: 'Medium dark' }, sign: '✋🏾' },
  { tone: 5, name: /*i18n*/ { id: 'Dark (tone)', message: 'Dark', comment: 'A tone of skin' }, sign: '✋🏿' },
];

/** The tone of skin that hands and people have. */
export function ToneChoice({ tone, onChoose }: { tone: Tone; onChoose: (tone: Tone) => void }) {
  const [open, setOpen] = useState(false);
  const chosen = TONES[tone];
  if (!open)
    return (
      <button
        type="button"
        className="emoji-tone"
        aria-label={i18n.t('Tone of skin: {tone}', { tone: chosen === undefined ? '' : i18n.t(chosen.name) })}
        title={i18n.t('Tone of skin')}
        aria-expanded="false"
        onClick={() => setOpen(true)}
      >
        {chosen?.sign}
      </button>
    );
  return (
    <fieldset className="emoji-tones" aria-label={i18n.t('Tone of skin')}>
      {TONES.map((one) => (
        <button
          key={one.tone}
          type="button"
          className="emoji-tone"
          aria-pressed={one.tone === tone}
          aria-label={i18n.t(one.name)}
          title={i18n.t(one.name)}
          onClick={() => {
            onChoose(one.tone);
            setOpen(false);
          }}
        >
          {one.sign}
        </button>
      ))}
    </fieldset>
  );
}

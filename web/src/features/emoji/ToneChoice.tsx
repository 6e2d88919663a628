import { useState } from 'react';
import type { Tone } from './data';

const TONES: { tone: Tone; name: string; sign: string }[] = [
  { tone: 0, name: 'No tone', sign: '✋' },
  { tone: 1, name: 'Light', sign: '✋🏻' },
  { tone: 2, name: 'Medium light', sign: '✋🏼' },
  { tone: 3, name: 'Medium', sign: '✋🏽' },
  { tone: 4, name: 'Medium dark', sign: '✋🏾' },
  { tone: 5, name: 'Dark', sign: '✋🏿' },
];

/** The tone of skin that hands and people have. */
export function ToneChoice({ tone, onChoose }: { tone: Tone; onChoose: (tone: Tone) => void }) {
  const [open, setOpen] = useState(false);
  if (!open)
    return (
      <button
        type="button"
        className="emoji-tone"
        aria-label={`Tone of skin: ${TONES[tone]?.name}`}
        title="Tone of skin"
        aria-expanded="false"
        onClick={() => setOpen(true)}
      >
        {TONES[tone]?.sign}
      </button>
    );
  return (
    <fieldset className="emoji-tones" aria-label="Tone of skin">
      {TONES.map((one) => (
        <button
          key={one.tone}
          type="button"
          className="emoji-tone"
          aria-pressed={one.tone === tone}
          aria-label={one.name}
          title={one.name}
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

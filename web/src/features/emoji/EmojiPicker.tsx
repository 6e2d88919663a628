import { Suspense } from 'react';
import { late } from '@/lib/late';

export interface EmojiPickerProps {
  onPick: (char: string) => void;
  onClose: () => void;
  /** What it opens beside, and what gets the focus back. */
  anchor: HTMLElement | null;
  /** Those of this server, too, which are picked as their names in colons. */
  own?: boolean;
}

const Picker = late(async () => (await import('./Picker')).Picker);

/** Chooses one emoji, or several with Shift held. Everything of it is fetched when it is opened first. */
export function EmojiPicker(props: EmojiPickerProps) {
  return (
    <Suspense>
      <Picker {...props} />
    </Suspense>
  );
}

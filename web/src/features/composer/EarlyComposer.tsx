import { i18n } from '@lingui/core';
import { useEffect, useImperativeHandle, useRef } from 'react';
import { useSession } from '@/state/context';
import { roomLabel } from '@/state/names';
import type { ComposerProps } from './Composer';
import { doesEnterSend } from './enterKey';
import { pastedFiles } from './pasted';
import { coarsePointer } from './pointer';

/** What was done before the composer came, besides what was written. */
interface Early {
  /** What is written there is to be sent then. */
  send?: boolean;
  /** Pasted there. */
  files?: readonly File[];
}

/** Where it has stood: whoever does something else meanwhile keeps the focus when the composer comes. */
export const stood = new Map<string, Early>();

let hold = Promise.resolve();
let letGo = (): void => {};

/** No input method is amid a word, which would be cut in two if the composer came now. */
export const wordIsDone = (): Promise<void> => hold;

/** Stands where the composer will: what is written into it is the draft that the composer begins with. */
export function EarlyComposer({ room, draft = room.id, label, hint, returned = false, ref }: ComposerProps) {
  const { drafts } = useSession();
  const box = useRef<HTMLTextAreaElement>(null);
  useImperativeHandle(ref, () => ({ focus: () => box.current?.focus() }), []);
  useEffect(() => {
    // Whoever comes back before the composer was there has still what was pasted.
    const { files } = stood.get(draft) ?? {};
    stood.set(draft, files === undefined ? {} : { files });
    return () => letGo();
  }, [draft]);
  const name = label ?? i18n.t('Message {room}', { room: roomLabel(room) });
  return (
    <form className="composer" onSubmit={(event) => event.preventDefault()}>
      <span className="btn-icon composer-add" />
      <textarea
        ref={box}
        rows={1}
        defaultValue={drafts.get(draft)}
        placeholder={hint ?? name}
        aria-label={name}
        // biome-ignore lint/a11y/noAutofocus: as the composer itself does it.
        autoFocus={!returned && !coarsePointer()}
        onChange={(event) => drafts.set(draft, event.target.value)}
        onCompositionStart={() => {
          hold = new Promise((done) => {
            letGo = done;
          });
        }}
        onCompositionEnd={() => letGo()}
        onPaste={(event) => {
          const files = pastedFiles(event);
          if (files.length > 0) stood.set(draft, { files: [...(stood.get(draft)?.files ?? []), ...files] });
        }}
        onKeyDown={(event) => {
          if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing || !doesEnterSend()) return;
          event.preventDefault();
          stood.set(draft, { ...stood.get(draft), send: true });
        }}
      />
      <span className="btn-icon" />
    </form>
  );
}

import { type RefObject, useEffect, useRef, useState } from 'react';
import { useGrowing } from '@/lib/useGrowing';
import type { Room } from '@/protocol/ops.gen';
import { useSession } from '@/state/context';
import { coarsePointer } from './pointer';

const PAUSE_MS = 5_000;

/** Where the caret stood in what is not sent: who comes back to it goes on there. */
const carets = new Map<string, [number, number]>();

/** What is being written: kept as a draft with every key, told to those who read along, and as high as its lines. */
export function useWriting(
  box: RefObject<HTMLTextAreaElement | null>,
  room: Room,
  draft: string,
  /** The focus is taken only if nothing has it. */
  returned = false,
) {
  const { chat, drafts } = useSession();
  const [text, setText] = useState(() => drafts.get(draft));
  const pause = useRef<ReturnType<typeof setTimeout>>(undefined);
  const first = useRef(returned);

  useEffect(() => {
    const area = box.current;
    const kept = carets.get(draft);
    carets.delete(draft);
    area?.setSelectionRange(...(kept ?? [area.value.length, area.value.length]));
    const idle = document.activeElement === null || document.activeElement === document.body;
    if (!coarsePointer() && (!first.current || idle)) area?.focus();
    first.current = false;
    return () => {
      if (area !== null && area.value !== '') carets.set(draft, [area.selectionStart, area.selectionEnd]);
      clearTimeout(pause.current);
      chat.teller.stopped();
      drafts.leave(draft);
    };
  }, [chat, box, drafts, draft]);

  useEffect(() => {
    const take = (): void => setText(drafts.get(draft));
    // It may have come since this was drawn.
    take();
    return drafts.events.on('came', (place) => {
      if (place === draft) take();
    });
  }, [drafts, draft]);

  useGrowing(box, text);

  const write = (next: string): void => {
    setText(next);
    drafts.set(draft, next);
    clearTimeout(pause.current);
    // A command is nobody's to await.
    if (next.trim() === '' || next.startsWith('/')) return chat.teller.stopped();
    chat.teller.typed(room.id);
    pause.current = setTimeout(() => chat.teller.stopped(), PAUSE_MS);
  };
  return { text, write };
}

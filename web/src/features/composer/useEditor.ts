import { type RefObject, useLayoutEffect, useRef } from 'react';
import type { Edit } from './editing';

/** Makes an edit in a field as if it were typed, so that undo takes it back. */
export function useEditor(box: RefObject<HTMLTextAreaElement | null>, text: string, change: (text: string) => void) {
  const select = useRef<[number, number]>(undefined);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the selection is set when the new text is there.
  useLayoutEffect(() => {
    if (select.current !== undefined) box.current?.setSelectionRange(...select.current);
    select.current = undefined;
  }, [text]);
  return (edit: Edit): void => {
    const area = box.current;
    if (area === null) return;
    area.focus();
    area.setSelectionRange(edit.from, edit.to);
    const { value } = area;
    const command = edit.insert === '' ? 'delete' : 'insertText';
    // Nothing newer keeps the history of undo.
    if (edit.from === edit.to && edit.insert === '') return;
    select.current = [edit.select_from, edit.select_to];
    if (document.execCommand?.(command, false, edit.insert) === true && area.value !== value) {
      area.setSelectionRange(edit.select_from, edit.select_to);
      return;
    }
    change(value.slice(0, edit.from) + edit.insert + value.slice(edit.to));
  };
}

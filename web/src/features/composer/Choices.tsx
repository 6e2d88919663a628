import { type KeyboardEvent, type ReactNode, type Ref, useEffect, useImperativeHandle, useRef, useState } from 'react';
import { CHOICES_ID } from './place';

export interface Choice {
  key: string;
  /** What stands for the place then. */
  insert: string;
  row: ReactNode;
  /** Heard when it is taken. */
  taken?: () => void;
  /** Written out already: Enter is for sending then. */
  whole?: boolean;
}

export interface ChoicesHandle {
  /** Whether there is anything to choose from. */
  open: boolean;
  /** Whether the key was for the list. */
  keyDown: (event: KeyboardEvent) => boolean;
}

interface Props {
  title: string;
  choices: readonly Choice[];
  onPick: (choice: Choice) => void;
  /** The id of the chosen row, for the field that keeps the focus. */
  onChosen: (id: string | undefined) => void;
  ref?: Ref<ChoicesHandle> | undefined;
}

/** A list above the composer. The field below keeps the focus and hands its keys here. */
export function Choices({ title, choices, onPick, onChosen, ref }: Props) {
  // Which one, not where: what the server finds may come between the others while one goes through them.
  const [key, setKey] = useState<string>();
  const list = useRef<HTMLDivElement>(null);
  const found = choices.findIndex((choice) => choice.key === key);
  const on = choices.length === 0 ? -1 : Math.max(0, found);
  useEffect(() => {
    onChosen(on < 0 ? undefined : `${CHOICES_ID}-${on}`);
    list.current?.querySelector('[aria-selected=true]')?.scrollIntoView({ block: 'nearest' });
    return () => onChosen(undefined);
  }, [on, onChosen]);
  useImperativeHandle(
    ref,
    () => ({
      open: choices.length > 0,
      keyDown(event) {
        const chosen = choices[on];
        if (chosen === undefined || event.ctrlKey || event.metaKey || event.altKey) return false;
        const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
        if (step !== undefined) setKey(choices[(on + step + choices.length) % choices.length]?.key);
        else if ((event.key === 'Enter' && !event.shiftKey && chosen.whole !== true) || event.key === 'Tab')
          onPick(chosen);
        else return false;
        return true;
      },
    }),
    [choices, on, onPick],
  );
  if (choices.length === 0) return null;
  return (
    <div className="choices-card">
      <div className="choices-title" aria-hidden="true">
        {title}
      </div>
      <div ref={list} id={CHOICES_ID} className="choices-list" role="listbox" aria-label={title}>
        {choices.map((choice, index) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the field below has the focus and the keys.
          <div
            key={choice.key}
            id={`${CHOICES_ID}-${index}`}
            role="option"
            tabIndex={-1}
            aria-selected={index === on}
            className="choices-row"
            // The field must not lose the focus to what is pressed.
            onPointerDown={(event) => event.preventDefault()}
            onMouseDown={(event) => event.preventDefault()}
            onPointerMove={() => setKey(choice.key)}
            onClick={() => onPick(choice)}
          >
            {choice.row}
          </div>
        ))}
      </div>
    </div>
  );
}

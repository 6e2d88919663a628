import { i18n } from '@lingui/core';
import { memo } from 'react';
import { type Section, startsOf } from './grid';
import { labelOf } from './local';

interface Props {
  list: { current: HTMLDivElement | null };
  sections: readonly Section[];
  /** The number of the chosen one, counted through all sections. */
  chosen: number | undefined;
  onChoose: (number: number) => void;
  onPick: (number: number, more: boolean) => void;
}

/** The emoji to choose from, in their sections. */
export function EmojiList({ list, sections, chosen, onChoose, onPick }: Props) {
  const starts = startsOf(sections);
  const at = (event: { target: EventTarget }): number | undefined => {
    const cell = (event.target as HTMLElement).closest<HTMLElement>('[data-at]');
    return cell === null ? undefined : Number(cell.dataset.at);
  };
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the field above has the focus and the keys.
    <div
      ref={list}
      id="emoji-list"
      className="emoji-list"
      role="listbox"
      aria-label={i18n.t('Emoji')}
      tabIndex={-1}
      onClick={(event) => {
        const number = at(event);
        if (number !== undefined) onPick(number, event.shiftKey);
      }}
      onPointerOver={(event) => {
        const number = at(event);
        if (event.pointerType === 'mouse' && number !== undefined) onChoose(number);
      }}
    >
      {sections.map((section, index) => {
        const first = starts[index] ?? 0;
        const within = chosen !== undefined && chosen >= first && chosen < first + section.emojis.length;
        return (
          // biome-ignore lint/a11y/useSemanticElements: a group of options, not of fields.
          <div
            key={section.id}
            className="emoji-section"
            role="group"
            aria-label={section.name}
            data-section={section.id}
          >
            <div className="emoji-title" aria-hidden="true">
              {section.name}
            </div>
            <Cells emojis={section.emojis} first={first} chosen={within ? chosen : undefined} />
          </div>
        );
      })}
      {sections.length === 0 && <p className="emoji-none">{i18n.t('No emoji is called that.')}</p>}
    </div>
  );
}

interface CellsProps {
  emojis: Section['emojis'];
  first: number;
  chosen: number | undefined;
}

/** Drawn again only when the chosen one comes, moves or goes within it: all there are would be too many for each move. */
const Cells = memo(function Cells({ emojis, first, chosen }: CellsProps) {
  return (
    <div className="emoji-grid">
      {emojis.map(({ emoji, char }, index) => (
        <span
          key={char}
          id={`emoji-${first + index}`}
          data-at={first + index}
          role="option"
          tabIndex={-1}
          aria-selected={first + index === chosen}
          aria-label={labelOf(emoji)}
          className="emoji-cell"
        >
          {emoji.url === undefined ? char : <img src={emoji.url} alt="" loading="lazy" draggable={false} />}
        </span>
      ))}
    </div>
  );
});

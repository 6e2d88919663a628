import { i18n } from '@lingui/core';
import { Trans } from '@lingui/react';
import { type KeyboardEvent, useEffect, useLayoutEffect, useRef, useState } from 'react';
import { Icon } from '@/components/Icon';
import { usePanel } from '@/components/usePanel';
import { useChat, useStore } from '@/state/context';
import { roomLabel } from '@/state/names';
import { closeSearch, leaveSearch, type SearchRequest } from '@/state/searching';
import { chipsOf, withOperator, withoutChip } from './chips';
import { SearchHits } from './SearchHits';
import './search.css';
import { type Sort, useSearch } from './useSearch';

/** Below this it lies above the room, and a hit that is opened would stay covered. */
const COVERING = '(max-width: 1099.98px)';

const HELP = [
  { operator: 'from:', words: /*i18n*/ { id: 'written by somebody, or me' } },
  { operator: 'in:', words: /*i18n*/ { id: 'in a room' } },
  { operator: 'before:', words: /*i18n*/ { id: 'before a day, like 2026-01-31' } },
  { operator: 'after:', words: /*i18n*/ { id: 'after a day' } },
  { operator: 'has:link', words: /*i18n*/ { id: 'with a link; or file, code' } },
  { operator: 'is:pinned', words: /*i18n*/ { id: 'pinned to its room' } },
] as const;

/** Looks for messages in all rooms, or in the one that is open. `current`: that room. */
export function SearchPanel({ request, current }: { request: SearchRequest; current: string | undefined }) {
  const chat = useChat();
  const rooms = useStore(chat.list.rooms);
  const [text, setText] = useState(request.text ?? '');
  const [sort, setSort] = useState<Sort>('new');
  const [here, setHere] = useState(request.room !== undefined);
  const input = useRef<HTMLInputElement>(null);
  const panel = useRef<HTMLElement>(null);
  usePanel(panel, closeSearch, true);
  const room = here && current !== undefined ? rooms.get(current) : undefined;
  const found = useSearch({ text, sort, room: room?.id });

  // Opened, or asked for again: here is where to type.
  useEffect(() => {
    if (request.text !== undefined) setText(request.text);
    setHere(request.room !== undefined);
    input.current?.focus();
    input.current?.select();
  }, [request]);

  const put = (next: string): void => {
    setText(next);
    input.current?.focus();
  };
  const keyDown = (event: KeyboardEvent): void => {
    if (event.nativeEvent.isComposing) return;
    if (event.key === 'Escape') {
      event.preventDefault();
      if (text !== '' && document.activeElement === input.current) setText('');
      else closeSearch();
      return;
    }
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step === undefined) return;
    const stops = [input.current, ...(panel.current?.querySelectorAll<HTMLElement>('.hit') ?? [])];
    const at = stops.indexOf(document.activeElement as HTMLElement & HTMLInputElement);
    if (at < 0) return;
    event.preventDefault();
    stops[Math.max(0, Math.min(stops.length - 1, at + step))]?.focus();
  };

  // It takes the place of whatever panel a room has open.
  useLayoutEffect(() => {
    const app = panel.current?.parentElement;
    if (app == null) return;
    app.dataset.search = '';
    return () => {
      delete app.dataset.search;
    };
  }, []);

  return (
    <aside className="panel search-panel" aria-label={i18n.t('Search')} ref={panel} onKeyDown={keyDown}>
      <header className="top">
        <h2>{i18n.t('Search')}</h2>
        <div className="top-tools">
          <button
            type="button"
            className="btn-icon"
            aria-label={i18n.t('Close search')}
            title={i18n.t('Close')}
            onClick={closeSearch}
          >
            <Icon name="close" />
          </button>
        </div>
      </header>
      <search className="search-head">
        <label className="search-box">
          <Icon name="search" size={17} />
          <input
            ref={input}
            type="text"
            enterKeyHint="search"
            aria-label={
              room === undefined ? i18n.t('Search in all rooms') : i18n.t('Search in {room}', { room: roomLabel(room) })
            }
            placeholder={i18n.t('Words, parts of words, “phrases”')}
            autoComplete="off"
            spellCheck={false}
            dir={text === '' ? undefined : 'auto'}
            maxLength={200}
            value={text}
            onChange={(event) => setText(event.target.value)}
          />
          {text !== '' && (
            <button type="button" className="search-clear" aria-label={i18n.t('Clear')} onClick={() => put('')}>
              <Icon name="close" size={15} />
            </button>
          )}
        </label>
        <Chips text={text} onChange={put} />
        <div className="search-ways">
          {current !== undefined && (
            <Choice
              label={i18n.t('Where')}
              value={here ? 'here' : 'all'}
              options={{ all: i18n.t('All rooms'), here: i18n.t('This room') }}
              onChange={(value) => setHere(value === 'here')}
            />
          )}
          <Choice
            label={i18n.t('Order')}
            value={sort}
            options={{ new: i18n.t('Newest'), best: i18n.t('Best') }}
            onChange={(value) => setSort(value === 'best' ? 'best' : 'new')}
          />
        </div>
      </search>
      {text.trim() === '' ? (
        <Help onPick={(operator) => put(withOperator(text, operator))} />
      ) : (
        <SearchHits
          {...found}
          onOpen={() => {
            if (matchMedia(COVERING).matches) leaveSearch({ room: room?.id, text });
          }}
        />
      )}
    </aside>
  );
}

function Chips({ text, onChange }: { text: string; onChange: (text: string) => void }) {
  const chips = chipsOf(text);
  if (chips.length === 0) return null;
  return (
    <ul className="search-chips" aria-label={i18n.t('Narrowed by')}>
      {chips.map((chip) => (
        <li key={chip.from}>
          <button
            type="button"
            aria-label={i18n.t('Without {part}', { part: chip.label })}
            title={i18n.t('Take it out')}
            onClick={() => onChange(withoutChip(text, chip))}
          >
            <bdi>{chip.label}</bdi>
            <Icon name="close" size={12} />
          </button>
        </li>
      ))}
    </ul>
  );
}

function Choice<V extends string>(props: {
  label: string;
  value: V;
  options: Record<V, string>;
  onChange: (value: string) => void;
}) {
  return (
    <fieldset className="segments">
      <legend className="visually-hidden">{props.label}</legend>
      {Object.entries<string>(props.options).map(([value, words]) => (
        <button type="button" key={value} aria-pressed={value === props.value} onClick={() => props.onChange(value)}>
          {words}
        </button>
      ))}
    </fieldset>
  );
}

function Help({ onPick }: { onPick: (operator: string) => void }) {
  return (
    <div className="panel-body search-help">
      <h3>{i18n.t('Narrow it down')}</h3>
      <ul>
        {HELP.map(({ operator, words }) => (
          <li key={operator}>
            <button type="button" onClick={() => onPick(operator)}>
              <code dir="ltr">{operator}</code>
              <span>{i18n.t(words)}</span>
            </button>
          </li>
        ))}
      </ul>
      <p>
        <Trans
          id={'<0>"two words"</0> finds them whole and in a row, <1>-word</1> leaves out what has it.'}
          components={{ 0: <code dir="auto" />, 1: <code dir="auto" /> }}
        />
      </p>
    </div>
  );
}

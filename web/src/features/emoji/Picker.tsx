import { i18n } from '@lingui/core';
import { type KeyboardEvent, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { createPortal } from 'react-dom';
import { Icon } from '@/components/Icon';
import { useChat } from '@/state/context';
import { GROUPS, type Tone } from './data';
import type { EmojiPickerProps } from './EmojiPicker';
import './emoji.css';
import { EmojiList } from './EmojiList';
import { goalOf, type Section, sectionsOf, startsOf } from './grid';
import { labelOf } from './local';
import { keepTone, keptTone, noteEmoji, recentEmoji } from './memory';
import { placeBeside } from './place';
import { ToneChoice } from './ToneChoice';
import { useLeaving } from './useLeaving';
import { useOwnEmoji } from './useOwnEmoji';

export function Picker({ onPick, onClose, anchor, own: with_own = false }: EmojiPickerProps) {
  const { me } = useChat();
  const [query, setQuery] = useState('');
  const [tone, setTone] = useState<Tone>(() => keptTone(me.id));
  const [on, setOn] = useState<number>();
  const card = useRef<HTMLDivElement>(null);
  const list = useRef<HTMLDivElement>(null);
  const [recent] = useState(() => recentEmoji(me.id));
  const own = useOwnEmoji(with_own);
  const sections = useMemo(() => sectionsOf(query, tone, recent, own), [query, tone, recent, own]);
  const starts = useMemo(() => startsOf(sections), [sections]);
  const all = useMemo(() => sections.flatMap((section) => section.emojis), [sections]);
  const chosen = on ?? (query.trim() === '' ? undefined : 0);
  const shown = chosen === undefined ? undefined : all[chosen];
  useLeaving(card, anchor, onClose);
  useLayoutEffect(() => {
    if (card.current !== null) placeBeside(card.current, anchor);
  }, [anchor]);

  const pick = (char: string, more: boolean): void => {
    noteEmoji(me.id, char);
    onPick(char);
    if (!more) onClose();
  };
  const move = (to: number): void => {
    const next = Math.max(0, Math.min(all.length - 1, to));
    setOn(next);
    list.current?.querySelector(`[data-at="${next}"]`)?.scrollIntoView({ block: 'nearest' });
  };
  const keyDown = (event: KeyboardEvent): void => {
    if (event.nativeEvent.isComposing) return;
    if (event.key === 'Enter') {
      event.preventDefault();
      const one = all[chosen ?? 0];
      if (one !== undefined) pick(one.char, event.shiftKey);
      return;
    }
    const goal = goalOf(event.key, chosen, starts, all.length);
    // Left and right are the query's own until an emoji was gone to.
    if (goal === undefined || (on === undefined && /Left|Right/.test(event.key))) return;
    event.preventDefault();
    move(goal);
  };
  return createPortal(
    <div ref={card} className="emoji-card" role="dialog" aria-label={i18n.t('Emoji')}>
      <div className="emoji-top">
        <input
          type="text"
          role="combobox"
          aria-label={i18n.t('Find an emoji')}
          aria-expanded="true"
          aria-controls="emoji-list"
          aria-activedescendant={shown === undefined ? undefined : `emoji-${chosen}`}
          aria-autocomplete="list"
          autoComplete="off"
          spellCheck={false}
          placeholder={i18n.t('Find an emoji…')}
          value={query}
          onChange={(event) => {
            setQuery(event.target.value);
            setOn(undefined);
            list.current?.scrollTo(0, 0);
          }}
          onKeyDown={keyDown}
        />
        <ToneChoice
          tone={tone}
          onChoose={(next) => {
            setTone(next);
            keepTone(me.id, next);
          }}
        />
      </div>
      {query.trim() === '' && <Categories list={list} own={own.length > 0} />}
      <EmojiList
        list={list}
        sections={sections}
        chosen={chosen}
        onChoose={setOn}
        onPick={(number, more) => {
          const one = all[number];
          if (one !== undefined) pick(one.char, more);
        }}
      />
      <Foot shown={shown} />
    </div>,
    // What is beside an open dialog cannot be reached: within one it is part of it.
    anchor?.closest('dialog') ?? document.body,
  );
}

function Foot({ shown }: { shown: Section['emojis'][number] | undefined }) {
  return (
    <div className="emoji-foot" aria-hidden="true">
      <span className="emoji-shown">
        {shown?.emoji.url === undefined ? (shown?.char ?? '🙂') : <img src={shown.emoji.url} alt="" />}
      </span>
      {shown === undefined ? (
        <span className="emoji-words">{i18n.t('Pick one, or several with Shift.')}</span>
      ) : (
        <span className="emoji-words">
          {labelOf(shown.emoji)}
          <small>{shown.emoji.codes[0] === undefined ? '' : `:${shown.emoji.codes[0]}:`}</small>
        </span>
      )}
    </div>
  );
}

function Categories({ list, own }: { list: { current: HTMLElement | null }; own: boolean }) {
  const show = (id: string): void => {
    list.current?.querySelector(`[data-section="${id}"]`)?.scrollIntoView({ block: 'start' });
  };
  return (
    <div className="emoji-groups" role="toolbar" aria-label={i18n.t('Kinds of emoji')}>
      <button
        type="button"
        className="emoji-group"
        aria-label={i18n.t('Used lately')}
        title={i18n.t('Used lately')}
        onClick={() => show('recent')}
      >
        <Icon name="clock" size={17} />
      </button>
      {own && (
        <button
          type="button"
          className="emoji-group"
          aria-label={i18n.t('From this server')}
          title={i18n.t('From this server')}
          onClick={() => show('own')}
        >
          <Icon name="star" size={17} />
        </button>
      )}
      {GROUPS.map(({ id, name, sign }) => (
        <button
          type="button"
          key={id}
          className="emoji-group"
          aria-label={i18n.t(name)}
          title={i18n.t(name)}
          onClick={() => show(String(id))}
        >
          {sign}
        </button>
      ))}
    </div>
  );
}

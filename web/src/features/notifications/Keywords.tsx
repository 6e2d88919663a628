import { i18n } from '@lingui/core';
import { type FormEvent, useRef, useState } from 'react';
import { Button } from '@/components/Button';
import { Icon } from '@/components/Icon';
import { useKeepFocus } from '@/components/useKeepFocus';
import { useChat } from '@/state/context';
import { useSaving } from '../settings/useSaving';
import { folded, MAX_KEYWORD_CHARS, MAX_KEYWORDS } from './keywords';

/** The words that call me; each is kept at once. */
export function Keywords({ words }: { words: readonly string[] }) {
  const { account } = useChat();
  const [typed, setTyped] = useState('');
  const saving = useSaving();
  const list = useRef<HTMLDivElement>(null);
  useKeepFocus(list, '.keyword, .field-pair');
  const known = new Set(words.map(folded));
  // Several at once, as they are pasted.
  const fresh = typed
    .split(/[,;\n]/)
    .map((word) => word.trim())
    .filter((word, at, all) => word !== '' && !known.has(folded(word)) && all.map(folded).indexOf(folded(word)) === at);
  const full = words.length + fresh.length > MAX_KEYWORDS;
  const add = (event: FormEvent): void => {
    event.preventDefault();
    if (fresh.length === 0) return setTyped('');
    saving.save(async () => {
      await account.change({ keywords: [...words, ...fresh] });
      setTyped('');
    });
  };
  const problem = full
    ? i18n.t('{count, plural, one {At most # word can call you.} other {At most # words can call you.}}', {
        count: MAX_KEYWORDS,
      })
    : saving.error?.message;
  return (
    <div ref={list}>
      {words.length > 0 && (
        <ul className="keywords" aria-label={i18n.t('My keywords')}>
          {words.map((word) => (
            <li key={word} className="keyword">
              <bdi>{word}</bdi>
              <Button
                type="button"
                aria-label={i18n.t('Take {word} away', { word })}
                off={saving.busy}
                onClick={() => saving.save(() => account.change({ keywords: words.filter((one) => one !== word) }))}
              >
                <Icon name="close" size={14} />
              </Button>
            </li>
          ))}
        </ul>
      )}
      <form className="field-pair" onSubmit={add}>
        <input
          className="form-control"
          aria-label={i18n.t('A new keyword')}
          placeholder={i18n.t('for example: deploy')}
          maxLength={(MAX_KEYWORD_CHARS + 2) * MAX_KEYWORDS}
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
        />
        <Button type="submit" className="btn btn-primary" off={saving.busy || full || typed.trim() === ''}>
          {i18n.t('Add')}
        </Button>
      </form>
      {problem !== undefined && (
        <p className="field-error" role="alert">
          {problem}
        </p>
      )}
    </div>
  );
}

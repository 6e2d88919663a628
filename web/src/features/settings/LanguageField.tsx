import { i18n } from '@lingui/core';
import { useEffect, useId, useRef, useState } from 'react';
import { useStore } from '@/state/context';
import {
  chooseLanguage,
  LANGUAGES,
  type Language,
  type LanguageChoice,
  language,
  languageChoice,
} from '@/state/language';

/** Another language is another tree of elements: who has chosen it goes on from the same field in that one. */
let chosen_here = false;

/** What the client speaks on this device. */
export function LanguageField() {
  const choice = useStore(languageChoice);
  /** While its words are fetched. */
  const [asked, setAsked] = useState<LanguageChoice>();
  const [failed, setFailed] = useState(false);
  const select = useRef<HTMLSelectElement>(null);
  const id = useId();
  const codes = Object.keys(LANGUAGES) as Language[];
  useEffect(() => {
    if (chosen_here) select.current?.focus();
    chosen_here = false;
  }, []);
  const choose = async (wanted: LanguageChoice): Promise<void> => {
    setAsked(wanted);
    setFailed(false);
    const before = language.get();
    chosen_here = true;
    setFailed(!(await chooseLanguage(wanted)));
    if (language.get() === before) chosen_here = false;
    setAsked(undefined);
  };
  return (
    <div className="field language-field">
      <label className="form-label" htmlFor={id}>
        {i18n.t('Language')}
      </label>
      <select
        ref={select}
        id={id}
        className="form-select"
        value={asked ?? choice}
        aria-busy={asked !== undefined}
        aria-describedby={failed ? `${id}-failed` : undefined}
        onChange={(event) => void choose(event.target.value as LanguageChoice)}
      >
        <option value="system">{i18n.t('Match system')}</option>
        {codes.map((code) => (
          <option key={code} value={code} lang={code} dir={LANGUAGES[code].dir}>
            {LANGUAGES[code].name}
          </option>
        ))}
      </select>
      {failed && (
        <p id={`${id}-failed`} className="field-error" role="alert">
          {i18n.t('The words of this language could not be fetched. Try again.')}
        </p>
      )}
    </div>
  );
}

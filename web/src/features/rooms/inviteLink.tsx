import { i18n } from '@lingui/core';
import { Icon } from '@/components/Icon';
import { copyText } from '@/lib/clipboard';
import { durationWords } from './durations';

/** How long an invitation still holds, in words. */
export function holdsWords(expires_at: number | undefined): string {
  if (expires_at === undefined) return i18n.t('until it is ended');
  const seconds = Math.max(60, Math.round((expires_at - Date.now()) / 1_000));
  return i18n.t('for {duration} more', { duration: durationWords(seconds) });
}

/** A link that was just made: to be copied, as it is shown once. */
export function MadeLink({
  link,
  copied,
  onCopied,
}: {
  link: string;
  copied: boolean;
  onCopied: (copied: boolean) => void;
}) {
  return (
    <div className="invite-made">
      <input
        className="form-control"
        readOnly
        aria-label={i18n.t('The invitation link')}
        value={link}
        onFocus={(event) => event.target.select()}
      />
      <button type="button" className="btn btn-quiet" onClick={() => void copyText(link).then(onCopied)}>
        <Icon name={copied ? 'check' : 'copy'} size={17} />
        {copied ? i18n.t('Copied') : i18n.t('Copy')}
      </button>
      <small>{i18n.t('Copy it now: the link is not shown again.')}</small>
    </div>
  );
}

/** One of some numbers; 0 is none. */
export function NumberChoice(props: {
  label: string;
  value: number;
  options: readonly number[];
  none: string;
  words: (value: number) => string;
  onChange: (value: number) => void;
}) {
  return (
    <label>
      <span className="form-label">{props.label}</span>
      <select
        className="form-select"
        value={props.value}
        onChange={(event) => props.onChange(Number(event.target.value))}
      >
        {props.options.map((one) => (
          <option key={one} value={one}>
            {one === 0 ? props.none : props.words(one)}
          </option>
        ))}
      </select>
    </label>
  );
}

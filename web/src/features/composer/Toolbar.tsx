import { i18n } from '@lingui/core';
import { MessageText } from '../timeline/MessageText';
import { FormatIcon } from './FormatIcon';
import { FORMATS, type Format, keyName } from './formats';

interface Props {
  text: string;
  preview: boolean;
  onPreview: (on: boolean) => void;
  onFormat: (format: Format) => void;
}

/** Buttons for those who do not know the signs, and a look at what will be sent. */
export function Toolbar({ text, preview, onPreview, onFormat }: Props) {
  return (
    <div className="composer-bar">
      <div className="composer-formats" role="toolbar" aria-label={i18n.t('Formatting')}>
        {FORMATS.map((format) => (
          <button
            key={format.icon}
            type="button"
            className="btn-icon btn-icon-s"
            aria-label={i18n.t(format.name)}
            title={i18n.t(format.name) + (format.key === undefined ? '' : ` (${keyName(format.key)})`)}
            onPointerDown={(event) => event.preventDefault()}
            onMouseDown={(event) => event.preventDefault()}
            onClick={() => onFormat(format)}
          >
            <FormatIcon name={format.icon} size={17} />
          </button>
        ))}
        <button
          type="button"
          className="btn-link btn-link-quiet composer-preview-button"
          aria-pressed={preview}
          onClick={() => onPreview(!preview)}
        >
          {i18n.t('Preview')}
        </button>
      </div>
      {preview && (
        <section className="composer-preview msg-text" aria-label={i18n.t('Preview')}>
          {text.trim() === '' ? (
            <p className="composer-nothing">{i18n.t('What you write is shown here.')}</p>
          ) : (
            <MessageText text={text.trim()} />
          )}
        </section>
      )}
    </div>
  );
}

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
      <div className="composer-formats" role="toolbar" aria-label="Formatting">
        {FORMATS.map((format) => (
          <button
            key={format.name}
            type="button"
            className="btn-icon btn-icon-s"
            aria-label={format.name}
            title={format.key === undefined ? format.name : `${format.name} (${keyName(format.key)})`}
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
          Preview
        </button>
      </div>
      {preview && (
        <section className="composer-preview msg-text" aria-label="Preview">
          {text.trim() === '' ? (
            <p className="composer-nothing">What you write is shown here.</p>
          ) : (
            <MessageText text={text.trim()} />
          )}
        </section>
      )}
    </div>
  );
}

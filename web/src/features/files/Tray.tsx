import { i18n } from '@lingui/core';
import type { OutboxFile } from '@/client/outbox_store';
import { Icon } from '@/components/Icon';
import { looksOf } from './looks';
import { sizeWords } from './size';
import { useLocal } from './useLocal';
import './files.css';

/** What the next message will have: shown before it is sent, and taken back with a press. */
export function Tray({ files, onRemove }: { files: readonly OutboxFile[]; onRemove: (key: string) => void }) {
  return (
    <ul className="tray" aria-label={i18n.t('Attached')}>
      {files.map((file) => (
        <li key={file.key} className={looksOf(file) === 'image' ? 'tray-one tray-picture' : 'tray-one'}>
          <Inside file={file} />
          <button
            type="button"
            className="tray-remove"
            aria-label={i18n.t('Remove {file}', { file: file.name })}
            title={i18n.t('Remove')}
            onClick={() => onRemove(file.key)}
          >
            <Icon name="close" size={14} />
          </button>
        </li>
      ))}
    </ul>
  );
}

function Inside({ file }: { file: OutboxFile }) {
  const url = useLocal(file);
  const looks = looksOf(file);
  if (looks === 'image') return <img src={url} alt={file.name} title={`${file.name}, ${sizeWords(file.size)}`} />;
  return (
    <>
      {looks === 'video' ? (
        <video src={url} muted preload="metadata" tabIndex={-1} />
      ) : (
        <span className="tray-sign">
          <Icon name={looks === 'audio' ? 'play' : 'file'} />
        </span>
      )}
      <span className="file-words">
        <bdi className="file-name">{file.name}</bdi>
        <span className="file-note">{sizeWords(file.size)}</span>
      </span>
    </>
  );
}

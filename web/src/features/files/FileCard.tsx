import { i18n } from '@lingui/core';
import type { ReactNode } from 'react';
import { Icon } from '@/components/Icon';
import type { Attachment } from '@/protocol/ops.gen';
import type { AnyFile } from './looks';
import { sizeWords } from './size';
import { fileUrl } from './urls';
import './files.css';

interface Props {
  file: AnyFile;
  /** Shows its first page, where it has one. */
  onOpen?: (file: Attachment) => void;
  /** In place of what it is and how large. */
  below?: ReactNode;
}

/** A file as a document: what it is called, what it is, how large, and how to get it. */
export function FileCard({ file, onOpen, below }: Props) {
  const page = 'id' in file && file.previews.includes('small') && onOpen !== undefined ? file : undefined;
  return (
    <div className="file-card">
      {page === undefined ? (
        <span className="file-sign" aria-hidden="true">
          {endingOf(file.name)}
        </span>
      ) : (
        <button
          type="button"
          className="file-page"
          aria-label={i18n.t('First page of {file}', { file: file.name })}
          onClick={() => onOpen?.(page)}
        >
          <img src={fileUrl(page.id, 'small')} alt="" loading="lazy" />
        </button>
      )}
      <div className="file-words">
        <bdi className="file-name" title={file.name}>
          {file.name}
        </bdi>
        {below ?? <span className="file-note">{noteOf(file)}</span>}
      </div>
      {'id' in file && <Download file={file} />}
    </div>
  );
}

export function Download({ file }: { file: Attachment }) {
  return (
    <a
      className="btn-icon"
      href={fileUrl(file.id, 'download')}
      download={file.name}
      aria-label={i18n.t('Download {file}', { file: file.name })}
      title={i18n.t('Download')}
    >
      <Icon name="download" />
    </a>
  );
}

function noteOf(file: AnyFile): string {
  return `${endingOf(file.name, 8)} · ${sizeWords(file.size)}`;
}

/** What stands behind the last dot, in capitals. */
function endingOf(name: string, most = 4): string {
  const at = name.lastIndexOf('.');
  const ending = at > 0 ? name.slice(at + 1) : '';
  return /^[\p{L}\p{N}]+$/u.test(ending) && ending.length <= most ? ending.toUpperCase() : i18n.t('FILE');
}

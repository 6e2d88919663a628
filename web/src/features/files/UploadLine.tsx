import { i18n } from '@lingui/core';
import type { OutboxFile } from '@/client/outbox_store';
import { useStore } from '@/state/context';
import { sizeWords } from './size';
import { progress } from './tray';

/** How far the files of a message are, and the way to give it up. */
export function UploadLine({ files, onCancel }: { files: readonly OutboxFile[]; onCancel: () => void }) {
  const shares = useStore(progress);
  const whole = files.reduce((sum, file) => sum + file.size, 0);
  const sent = files.reduce((sum, file) => sum + file.size * (file.ready ? 1 : (shares.get(file.key) ?? 0)), 0);
  const percent = whole === 0 ? 0 : Math.floor((sent / whole) * 100);
  return (
    <div className="file-upload">
      <div
        className="file-upload-bar"
        role="progressbar"
        aria-label={i18n.t('Uploading')}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={percent}
      >
        <span style={{ transform: `scaleX(${whole === 0 ? 0 : sent / whole})` }} />
      </div>
      <span className="file-upload-note">
        {percent < 100
          ? i18n.t('{percent} % of {size}', { percent: i18n.number(percent), size: sizeWords(whole) })
          : i18n.t('Finishing…')}
      </span>
      <button type="button" className="btn-link btn-link-quiet" onClick={onCancel}>
        {i18n.t('Cancel')}
      </button>
    </div>
  );
}

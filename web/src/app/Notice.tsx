import { i18n } from '@lingui/core';
import { useEffect } from 'react';
import { Icon } from '@/components/Icon';
import { useStore } from '@/state/context';
import { notice } from '@/state/notice';

const SHOWN_MS = 4_000;
/** What can be taken back waits for a hand on its way. */
const UNDO_MS = 8_000;

/** Shows what was said last, above all else. */
export function Notice() {
  const said = useStore(notice);
  useEffect(() => {
    if (said === undefined) return;
    const timer = setTimeout(() => notice.set(undefined), said.undo === undefined ? SHOWN_MS : UNDO_MS);
    return () => clearTimeout(timer);
  }, [said]);
  return (
    <div className="notice-place notice-place-app" role="status">
      {said !== undefined && (
        <div className="notice">
          <Icon name="info" size={16} />
          {said.words}
          {said.undo !== undefined && (
            <button
              type="button"
              className="notice-undo"
              onClick={() => {
                said.undo?.();
                notice.set(undefined);
              }}
            >
              {i18n.t('Undo')}
            </button>
          )}
        </div>
      )}
    </div>
  );
}

import { i18n } from '@lingui/core';
import type { ReactNode } from 'react';
import { Icon } from '@/components/Icon';
import type { useSaving } from './useSaving';

/** The end of a form: what it does, and how that went. */
export function SaveRow({ saving, children }: { saving: ReturnType<typeof useSaving>; children: ReactNode }) {
  return (
    <div className="save-row">
      {children}
      <span className="save-said" role="status">
        {saving.saved && (
          <>
            <Icon name="check" size={16} /> {i18n.t('Saved')}
          </>
        )}
      </span>
      {saving.error !== undefined && (
        <p className="field-error" role="alert">
          {saving.error.message}
        </p>
      )}
    </div>
  );
}

import { i18n } from '@lingui/core';
import { type ReactNode, useState } from 'react';
import { Lazy, useLazy } from '@/lib/lazy';

const cropping = new Lazy(() => import('./CropDialog'));

interface Props {
  /** What it looks like now. */
  children: ReactNode;
  title: string;
  has: boolean;
  disabled?: boolean;
  /** Throws ApiError; empty: no picture from now on. */
  onUse: (file: string) => Promise<void>;
}

/** A badge, and the way to another picture for it. */
export function PictureField({ children, title, has, disabled = false, onUse }: Props) {
  const [open, setOpen] = useState(false);
  const crop = useLazy(cropping, open);
  return (
    <div className="profile-picture">
      {children}
      {!disabled && (
        <button type="button" className="btn btn-quiet" aria-haspopup="dialog" onClick={() => setOpen(true)}>
          {has ? i18n.t('Change picture') : i18n.t('Add a picture')}
        </button>
      )}
      {open && crop !== undefined && (
        <crop.CropDialog title={title} has={has} onClose={() => setOpen(false)} onUse={onUse} />
      )}
    </div>
  );
}

import { i18n } from '@lingui/core';
import type { ReactNode } from 'react';
import { Button } from '@/components/Button';
import { Dialog } from '@/components/Dialog';

/** A question before something is done that others feel. */
export function Sure(props: {
  title: string;
  yes: string;
  danger: boolean;
  busy: boolean;
  error: string | undefined;
  onYes: () => void;
  onClose: () => void;
  children: ReactNode;
}) {
  return (
    <Dialog title={props.title} onClose={props.onClose}>
      <p className="form-text">{props.children}</p>
      {props.error !== undefined && (
        <p className="field-error" role="alert">
          {props.error}
        </p>
      )}
      <div className="sheet-foot">
        <button type="button" className="btn btn-quiet" onClick={props.onClose} data-autofocus>
          {i18n.t('Cancel')}
        </button>
        <Button
          type="button"
          className={props.danger ? 'btn btn-danger' : 'btn btn-primary'}
          off={props.busy}
          onClick={props.onYes}
        >
          {props.yes}
        </Button>
      </div>
    </Dialog>
  );
}

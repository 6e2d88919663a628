import { type InputHTMLAttributes, type ReactNode, useEffect, useId, useRef } from 'react';

interface FieldProps extends InputHTMLAttributes<HTMLInputElement> {
  label: string;
  error?: string | undefined;
  hint?: string;
  /** Stands in the field at its end. */
  end?: ReactNode;
}

/** A labelled input with its error below it, tied together for screen readers. What was wrong in a form that was sent gets
 *  the focus. */
export function Field({ label, error, hint, end, ...input }: FieldProps) {
  const id = useId();
  const note = error ?? hint;
  const box = useRef<HTMLInputElement>(null);
  useEffect(() => {
    const on = document.activeElement;
    const form = box.current?.form;
    // Of several the first one.
    if (error === undefined || (form?.querySelector('[aria-invalid="true"]') ?? box.current) !== box.current) return;
    if (on === document.body || form?.contains(on) === true) box.current?.focus();
  }, [error]);
  return (
    <div className="field">
      <label className="form-label" htmlFor={id}>
        {label}
      </label>
      <div className="field-box">
        <input
          {...input}
          ref={box}
          id={id}
          className={error === undefined ? 'form-control' : 'form-control is-invalid'}
          aria-invalid={error !== undefined}
          aria-describedby={note === undefined ? undefined : `${id}-note`}
        />
        {end}
      </div>
      {note !== undefined && (
        <div
          id={`${id}-note`}
          className={error === undefined ? 'form-text' : 'field-error'}
          role={error === undefined ? undefined : 'alert'}
        >
          {note}
        </div>
      )}
    </div>
  );
}

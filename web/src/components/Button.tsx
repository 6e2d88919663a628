import type { ButtonHTMLAttributes } from 'react';

type Props = Omit<ButtonHTMLAttributes<HTMLButtonElement>, 'disabled'> & {
  type: 'button' | 'submit';
  /** It does nothing now, as what it began is under way, or as something is missing. */
  off: boolean;
};

/** A button that is off at times and keeps the focus all the while: one that is `disabled` would drop it. What submits its
 *  form holds back Enter in the fields, too. */
export function Button({ type, off, onClick, ...rest }: Props) {
  return (
    <button
      {...rest}
      type={type}
      aria-disabled={off || undefined}
      onClick={off ? (press) => press.preventDefault() : onClick}
    />
  );
}

import { i18n } from '@lingui/core';
import { Trans } from '@lingui/react';
import type { ReactNode } from 'react';

const MOST = 99;

/** The number on a badge, which has room for two digits. */
export function badgeNumber(count: number): string {
  return count > MOST ? `${i18n.number(MOST)}+` : i18n.number(count);
}

/** How much is unread, after the name of what it is in. */
export function UnreadCount({ count }: { count: number }) {
  return (
    count > 0 && (
      <span className="badge-count badge-plain">
        <Trans id="{count}<0> unread</0>" values={{ count: badgeNumber(count) }} components={HIDDEN} />
      </span>
    )
  );
}

/** That there is something new; how much it is, only a screen reader says. */
export function NewDot({ children }: { children: ReactNode }) {
  return (
    <span className="badge-count badge-dot">
      <span className="visually-hidden">{children}</span>
    </span>
  );
}

/** For <Trans>: what of it only a screen reader says. */
export const HIDDEN = { 0: <span className="visually-hidden" /> };

import type { ReactNode } from 'react';
import { Icon, type IconName } from './Icon';

/** What stands where nothing is yet: says why, and what to do about it. */
export function Empty({ title, icon, children }: { title: string; icon?: IconName; children?: ReactNode }) {
  return (
    <div className="empty">
      {icon !== undefined && (
        <span className="intro-badge">
          <Icon name={icon} size={26} />
        </span>
      )}
      <p className="empty-title">{title}</p>
      {children}
    </div>
  );
}

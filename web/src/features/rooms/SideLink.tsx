import type { ReactNode } from 'react';
import { Link } from 'wouter';
import { Icon, type IconName } from '@/components/Icon';

interface Props {
  href: string;
  /** It is where one is. */
  on: boolean;
  icon: IconName;
  name: string;
  /** How much there is. */
  children?: ReactNode;
}

/** A row of the sidebar that leads to a screen which is no room. */
export function SideLink({ href, on, icon, name, children }: Props) {
  return (
    <Link href={href} className={on ? 'side-row is-on' : 'side-row'} aria-current={on ? 'page' : undefined}>
      <span className="side-sign">
        <Icon name={icon} size={17} />
      </span>
      <span className="side-name">{name}</span>
      {children}
    </Link>
  );
}

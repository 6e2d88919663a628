import type { ReactNode } from 'react';
import { Icon, type IconName } from '@/components/Icon';

/** One line of a menu. */
export function MenuRow(props: { icon: IconName; danger?: boolean; onClick: () => void; children: ReactNode }) {
  return (
    <button type="button" className={props.danger === true ? 'menu-row is-danger' : 'menu-row'} onClick={props.onClick}>
      <Icon name={props.icon} size={17} />
      {props.children}
    </button>
  );
}

import { i18n, type MessageDescriptor } from '@lingui/core';
import { useEffect, useRef } from 'react';
import { Link } from 'wouter';
import { Icon, type IconName } from '@/components/Icon';

export interface NavPart {
  part: string;
  name: MessageDescriptor;
  icon: IconName;
}

interface Props {
  label: string;
  parts: readonly NavPart[];
  /** Which of them is open. */
  shown: NavPart;
  path: (part: string) => string;
}

/** The parts of a screen beside it, a link each. */
export function PartsNav({ label, parts, shown, path }: Props) {
  const nav = useRef<HTMLElement>(null);
  // On a phone they are in a line that is longer than the screen.
  // biome-ignore lint/correctness/useExhaustiveDependencies: another part is what is to be seen.
  useEffect(() => {
    nav.current?.querySelector('.is-on')?.scrollIntoView({ block: 'nearest', inline: 'center' });
  }, [shown]);
  return (
    <nav ref={nav} className="settings-parts" aria-label={label}>
      {parts.map((one) => (
        <Link
          key={one.part}
          href={path(one.part)}
          className={one === shown ? 'side-row is-on' : 'side-row'}
          aria-current={one === shown ? 'page' : undefined}
        >
          <span className="side-sign">
            <Icon name={one.icon} size={17} />
          </span>
          <span className="side-name">{i18n.t(one.name)}</span>
        </Link>
      ))}
    </nav>
  );
}

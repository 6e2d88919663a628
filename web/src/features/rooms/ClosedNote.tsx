import { Icon } from '@/components/Icon';
import type { Closed } from './useClosed';

/** In place of the composer: why nothing can be written. */
export function ClosedNote({ closed }: { closed: Closed }) {
  return (
    <p className="composer-closed" role="status">
      <Icon name={closed.icon} size={17} />
      <span>{closed.text}</span>
    </p>
  );
}

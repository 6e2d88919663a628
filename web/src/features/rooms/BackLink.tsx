import { Link } from 'wouter';
import { Icon } from '@/components/Icon';
import { paths } from '@/lib/paths';

/** On a phone the way back to the list of rooms. */
export function BackLink() {
  return (
    <Link href={paths.home} className="btn-icon top-back" aria-label="Back to all rooms">
      <Icon name="back" />
    </Link>
  );
}

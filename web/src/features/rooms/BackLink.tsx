import { i18n } from '@lingui/core';
import { Link } from 'wouter';
import { Icon } from '@/components/Icon';
import { paths } from '@/lib/paths';

/** On a phone the way back to the list of rooms. */
export function BackLink() {
  return (
    <Link href={paths.home} className="btn-icon top-back flips" aria-label={i18n.t('Back to all rooms')}>
      <Icon name="back" />
    </Link>
  );
}

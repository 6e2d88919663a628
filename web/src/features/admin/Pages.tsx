import { i18n } from '@lingui/core';
import type { ReactNode } from 'react';
import { Button } from '@/components/Button';
import { Empty } from '@/components/Empty';
import type { IconName } from '@/components/Icon';
import { SkeletonRows } from '@/components/Skeleton';
import type { usePages } from './usePages';

/** Around the rows of a list in pages: what stands there before, instead and below. */
export function Pages(props: {
  pages: Pick<ReturnType<typeof usePages>, 'complete' | 'error' | 'busy' | 'more' | 'again'> & {
    rows: readonly unknown[] | undefined;
  };
  none: string;
  /** What to do about it. */
  hint?: string;
  icon: IconName;
  children: ReactNode;
}) {
  const { pages, none, hint, icon, children } = props;
  return (
    <>
      {pages.error !== undefined && (
        <p className="field-error" role="alert">
          {pages.error}{' '}
          <Button type="button" className="btn-link" off={pages.busy} onClick={pages.again}>
            {i18n.t('Try again')}
          </Button>
        </p>
      )}
      {pages.rows === undefined && pages.error === undefined && <SkeletonRows count={6} tall />}
      {pages.rows?.length === 0 ? (
        <Empty icon={icon} title={none}>
          {hint !== undefined && <p>{hint}</p>}
        </Empty>
      ) : (
        children
      )}
      {!pages.complete && (
        <Button type="button" className="btn btn-quiet directory-more" off={pages.busy} onClick={pages.more}>
          {i18n.t('Show more')}
        </Button>
      )}
    </>
  );
}

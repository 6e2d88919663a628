import type { ReactNode } from 'react';
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
  icon: IconName;
  children: ReactNode;
}) {
  const { pages, none, icon, children } = props;
  return (
    <>
      {pages.error !== undefined && (
        <p className="field-error" role="alert">
          {pages.error}{' '}
          <button type="button" className="btn-link" disabled={pages.busy} onClick={pages.again}>
            Try again
          </button>
        </p>
      )}
      {pages.rows === undefined && pages.error === undefined && <SkeletonRows count={6} tall />}
      {pages.rows?.length === 0 ? <Empty icon={icon} title={none} /> : children}
      {!pages.complete && (
        <button type="button" className="btn btn-quiet directory-more" disabled={pages.busy} onClick={pages.more}>
          Show more
        </button>
      )}
    </>
  );
}

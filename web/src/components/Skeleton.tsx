const WIDTHS = ['w-a', 'w-b', 'w-c', 'w-d'];

/** Grey shapes in place of rows that are on their way. */
export function SkeletonRows({ count, tall = false }: { count: number; tall?: boolean }) {
  return (
    <div className={tall ? 'skeleton skeleton-tall' : 'skeleton'} aria-hidden="true">
      {Array.from({ length: count }, (_, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the shapes are all alike.
        <div className="skeleton-row" key={at}>
          <span className="skeleton-badge" />
          <span className={`skeleton-line ${WIDTHS[at % WIDTHS.length]}`} />
        </div>
      ))}
    </div>
  );
}

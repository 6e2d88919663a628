/** This near the end counts as at the end. */
const PIN_PX = 40;
/** So many rows on either side of the one that is held, should it be taken away. */
const SPARE = 6;

/** A row, and where its words begin in the content. */
interface Point {
  row: HTMLElement;
  at: number;
}

/**
 * Where the reader is in a list that changes around them.
 *
 * The invariant: between two paints, the first words in view move on the screen by as much as the view was scrolled, and by
 * nothing else. Who is at the end stays at the end.
 *
 * Of the words it is known where they stood in the content, which scrolling does not change. Whatever moves them there (rows
 * that are put above or taken away, something that came late, lines that break anew) has moved them on the screen, too, and
 * the view follows by the difference. So `keep` is called whenever either may have changed, and nobody else corrects: when
 * the view was scrolled, when rows were laid out anew, which a ResizeObserver tells before it is painted, and right before
 * and after React changes them. Each call settles what moved since the last one before it looks for other words to hold: a
 * move that nobody has settled yet would be lost. Calls that find nothing moved do nothing, so their order does not matter.
 *
 * Words, not rows: a row has a head or none, depending on the row above it. The browser's own anchoring (`overflow-anchor`)
 * is off: it does nothing at the very top, which is where older rows come.
 */
export class ViewPlace {
  /** The view follows the end. */
  pinned = true;
  /** What is shown ends where the list does: only there is an end to follow. */
  at_end = false;

  #points: Point[] = [];
  #top = 0;
  #width = 0;
  /** What could not be scrolled yet: a view stands on whole pixels, rows do not. */
  #owed = 0;

  /** The first row in view, and how far below the upper edge its words begin. */
  get first(): { row: HTMLElement; below: number } | undefined {
    const [first] = this.#points;
    return first && { row: first.row, below: first.at - this.#top };
  }

  /** Brings the view to where it should be after what changed since the last call. */
  keep(view: HTMLElement): void {
    if (view.clientHeight === 0) {
      // Not shown, where nothing stands anywhere; it may come back at another place.
      this.#width = 0;
      return;
    }
    const anew = view.clientWidth !== this.#width;
    if (this.pinned && this.at_end && (anew || !this.#wentUp(view))) view.scrollTop = view.scrollHeight;
    else this.#settle(view, anew);
    this.#hold(view);
  }

  /** The view was brought somewhere on purpose: what is there now is held. */
  stand(view: HTMLElement): void {
    this.#owed = 0;
    this.#hold(view);
  }

  toEnd(view: HTMLElement): void {
    view.scrollTop = view.scrollHeight;
    this.stand(view);
  }

  /** Only going up leaves the end: a lower view or longer content, seen before it was followed, does not; nor does content
   *  so short that the browser had to scroll. */
  #wentUp(view: HTMLElement): boolean {
    return view.scrollTop < Math.min(this.#top, endOf(view)) - 1;
  }

  #settle(view: HTMLElement, anew: boolean): void {
    const point = this.#points.find(({ row }) => row.isConnected);
    if (point === undefined) return;
    // The browser has scrolled by itself where the content became too short, and may have where the view was not shown.
    const { scrollTop } = view;
    const end = endOf(view);
    const forced = anew || (this.#top > end + 1 && scrollTop >= end - 1);
    const wanted = (forced ? this.#top : scrollTop) + topOf(view, point.row) - point.at + this.#owed;
    // To set it, even to what it is, would end a scroll that is under way.
    if (Math.abs(wanted - scrollTop) >= 0.5) view.scrollTop = wanted;
    const left = wanted - view.scrollTop;
    this.#owed = Math.abs(left) < 1 ? left : 0;
  }

  #hold(view: HTMLElement): void {
    this.#top = view.scrollTop;
    this.#width = view.clientWidth;
    this.#points = pointsOf(view);
    this.pinned = this.at_end && endOf(view) - this.#top <= PIN_PX;
  }
}

/** Where the words of a row begin in the content: below its head, where it has one. */
export function topOf(view: HTMLElement, row: HTMLElement): number {
  const head = row.querySelector('.msg-who');
  const edge =
    head?.getBoundingClientRect().bottom ?? (row.querySelector('.msg-main') ?? row).getBoundingClientRect().top;
  return edge - view.getBoundingClientRect().top + view.scrollTop;
}

/** The first words that begin in view, or those that fill it; then their neighbours, the nearest first. */
function pointsOf(view: HTMLElement): Point[] {
  const rows = [...view.querySelectorAll<HTMLElement>('[data-key]')];
  const { scrollTop, clientHeight } = view;
  let first = 0;
  for (let end = rows.length; first < end; ) {
    const middle = (first + end) >> 1;
    const row = rows[middle];
    if (row !== undefined && topOf(view, row) < scrollTop) first = middle + 1;
    else end = middle;
  }
  const point = (row: HTMLElement): Point => ({ row, at: topOf(view, row) });
  const above = rows
    .slice(Math.max(0, first - SPARE), first)
    .reverse()
    .map(point);
  const below = rows.slice(first, first + SPARE).map(point);
  const begins = below[0] !== undefined && below[0].at < scrollTop + clientHeight;
  return begins ? [...below, ...above] : [...above, ...below];
}

function endOf(view: HTMLElement): number {
  return view.scrollHeight - view.clientHeight;
}

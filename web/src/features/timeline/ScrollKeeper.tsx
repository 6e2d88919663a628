import { Component, type ReactNode, type RefObject } from 'react';

interface Props {
  scroller: RefObject<HTMLElement | null>;
  /** Asked before each change of the content: is the reader at the end, to be kept there? */
  pinned: () => boolean;
  children: ReactNode;
}

interface Snapshot {
  pinned: boolean;
  /** Rows in view and where they stand in the content, the uppermost first. */
  anchors: { element: HTMLElement; top: number }[];
}

const ANCHORS = 6;

/** Keeps what is being read where it is while rows come and go around it. Measures rows right before and right after React
 *  changes them, in coordinates of the content, so that scrolling meanwhile does not matter. A class because only
 *  getSnapshotBeforeUpdate runs at that moment. */
export class ScrollKeeper extends Component<Props> {
  override getSnapshotBeforeUpdate(): Snapshot {
    const scroller = this.props.scroller.current;
    if (scroller === null || this.props.pinned()) return { pinned: true, anchors: [] };
    const anchors: Snapshot['anchors'] = [];
    for (const element of scroller.querySelectorAll<HTMLElement>('[data-key]')) {
      if (element.offsetTop + element.offsetHeight <= scroller.scrollTop) continue;
      anchors.push({ element, top: element.offsetTop });
      if (anchors.length === ANCHORS) break;
    }
    return { pinned: false, anchors };
  }

  override componentDidUpdate(_props: Props, _state: unknown, snapshot: Snapshot): void {
    const scroller = this.props.scroller.current;
    if (scroller === null) return;
    if (snapshot.pinned) {
      if (this.props.pinned()) scroller.scrollTop = scroller.scrollHeight;
      return;
    }
    const anchor = snapshot.anchors.find(({ element }) => element.isConnected);
    if (anchor === undefined) return;
    const moved = anchor.element.offsetTop - anchor.top;
    if (moved !== 0) scroller.scrollTop += moved;
  }

  override render(): ReactNode {
    return this.props.children;
  }
}

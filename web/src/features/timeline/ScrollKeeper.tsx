import { Component, createRef, type ReactNode } from 'react';
import type { ViewPlace } from './viewPlace';

interface Props {
  place: ViewPlace;
  /** What is shown ends where the list does. */
  at_end: boolean;
  className: string;
  /** The view or what is in it was laid out anew, and is about to be painted. Is to call `place.keep`. */
  onLayout: () => void;
  children: ReactNode;
}

/** The content of a view that scrolls: keeps the reader's place when React changes it and when it changes by itself. A class
 *  because only getSnapshotBeforeUpdate runs right before React does. */
export class ScrollKeeper extends Component<Props> {
  readonly #content = createRef<HTMLDivElement>();
  #observer: ResizeObserver | undefined;

  override componentDidMount(): void {
    const content = this.#content.current;
    const view = this.#view;
    this.props.place.at_end = this.props.at_end;
    if (content === null || view === undefined) return;
    this.#observer = new ResizeObserver(() => this.props.onLayout());
    this.#observer.observe(view);
    this.#observer.observe(content);
  }

  override componentWillUnmount(): void {
    this.#observer?.disconnect();
    this.props.place.at_end = false;
  }

  override getSnapshotBeforeUpdate(): null {
    this.#keep();
    return null;
  }

  override componentDidUpdate(): void {
    this.props.place.at_end = this.props.at_end;
    this.#keep();
  }

  get #view(): HTMLElement | undefined {
    return this.#content.current?.parentElement ?? undefined;
  }

  #keep(): void {
    const view = this.#view;
    if (view !== undefined) this.props.place.keep(view);
  }

  override render(): ReactNode {
    return (
      <div className={this.props.className} ref={this.#content}>
        {this.props.children}
      </div>
    );
  }
}

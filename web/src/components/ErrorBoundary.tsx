import { Component, type ReactNode } from 'react';
import { Empty } from './Empty';

/** Keeps a fault of one part from blanking the page. */
export class ErrorBoundary extends Component<{ children: ReactNode }, { failed: boolean }> {
  override state = { failed: false };

  static getDerivedStateFromError(): { failed: boolean } {
    return { failed: true };
  }

  override render(): ReactNode {
    if (!this.state.failed) return this.props.children;
    return (
      <Empty title="This part of the page broke.">
        <p>What you wrote is kept. Loading the page again usually helps.</p>
        <button type="button" className="btn btn-primary" onClick={() => location.reload()}>
          Load again
        </button>
      </Empty>
    );
  }
}

import { i18n } from '@lingui/core';
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
      <Empty title={i18n.t('This part of the page broke.')}>
        <p>{i18n.t('What you wrote is kept. Loading the page again usually helps.')}</p>
        <button type="button" className="btn btn-primary" onClick={() => location.reload()}>
          {i18n.t('Load again')}
        </button>
      </Empty>
    );
  }
}

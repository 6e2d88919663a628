// @vitest-environment happy-dom
import { cleanup, fireEvent, render, screen } from '@testing-library/react';
import { afterEach, describe, expect, test, vi } from 'vitest';
import type { Event, LinkPreview } from '@/protocol/ops.gen';
import type { MessageActions } from '../timeline/actions';
import { LinkCard } from './LinkCard';

afterEach(cleanup);

const event: Event = { room: '1', seq: 3, n: 3, id: '1.3', type: 'message', sender: '7', ts: 0, body: '' };

function show(preview: Partial<LinkPreview>, mine = false) {
  const unpreview = vi.fn();
  const actions = { unpreview } as Partial<MessageActions> as MessageActions;
  render(
    <LinkCard
      event={event}
      preview={{ url: 'https://www.example.org/a', title: 'A page', ...preview }}
      mine={mine}
      actions={actions}
    />,
  );
  return unpreview;
}

describe('the card of a link', () => {
  test('says where it leads, whatever the page calls itself, and tells that page nothing', () => {
    show({ site: 'Your Bank', description: 'Words' });
    const way = screen.getByRole('link', { name: /A page/ });
    expect(way.getAttribute('href')).toBe('https://www.example.org/a');
    expect(way.getAttribute('rel')).toContain('noopener noreferrer');
    expect(way.getAttribute('target')).toBe('_blank');
    expect(way.textContent).toContain('example.org · Your Bank');
  });

  test('is none when it leads to no page', () => {
    show({ url: 'javascript:alert(1)' });
    expect(screen.queryByRole('link')).toBeNull();
  });

  test('is taken away by whose message it is', () => {
    show({});
    expect(screen.queryByRole('button')).toBeNull();
    cleanup();
    const unpreview = show({}, true);
    fireEvent.click(screen.getByRole('button', { name: 'Remove this preview for everybody' }));
    expect(unpreview).toHaveBeenCalledWith(event);
  });
});

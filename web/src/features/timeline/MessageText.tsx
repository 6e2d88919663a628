import { memo } from 'react';
import { Lazy, useLazy } from '@/lib/lazy';
import type { NamedGroup } from '../groups/book';
import { useLargeEmoji } from '../text/large';

/** Markdown and what draws it. Fetched beside the rest and not with it: it is there before the first messages are, and
 *  the page need not wait for it. */
export const rendering = new Lazy(() => import('../text/Rendered'));
void rendering.get();

/** The body of a message. What Markdown marks becomes elements; nothing becomes HTML text, so nothing needs cleaning. */
export const MessageText = memo(function MessageText({ text, groups }: { text: string; groups?: unknown }) {
  const large = useLargeEmoji(text);
  const Rendered = useLazy(rendering)?.Rendered;
  if (large !== undefined) return <p className="msg-emoji">{large}</p>;
  return Rendered === undefined ? (
    <p className="plain" dir="auto">
      {text}
    </p>
  ) : (
    <Rendered text={text} groups={groups as readonly NamedGroup[] | undefined} />
  );
});

import { memo } from 'react';
import { blocks } from '../text/Blocks';
import { useLargeEmoji } from '../text/large';
import { parse } from '../text/parse';

/** The body of a message. What Markdown marks becomes elements; nothing becomes HTML text, so nothing needs cleaning. */
export const MessageText = memo(function MessageText({ text }: { text: string }) {
  const large = useLargeEmoji(text);
  if (large !== undefined) return <p className="msg-emoji">{large}</p>;
  const parsed = parse(text);
  if (parsed === undefined) return <p className="plain">{text}</p>;
  return <>{blocks(parsed)}</>;
});

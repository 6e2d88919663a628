import { blocks } from './Blocks';
import { parse } from './parse';

/** A text with all that Markdown marks in it. */
export function Rendered({ text }: { text: string }) {
  const parsed = parse(text);
  return parsed === undefined ? <p className="plain">{text}</p> : blocks(parsed);
}

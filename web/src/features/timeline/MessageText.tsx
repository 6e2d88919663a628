import { Fragment, memo, type ReactNode } from 'react';
import { parseMarkdown, safeHref, type Token } from '@/lib/markdown';

/** The body of a message. Markdown's tokens become elements; nothing becomes HTML text, so nothing needs cleaning. */
export const MessageText = memo(function MessageText({ text }: { text: string }) {
  const tokens = parseMarkdown(text);
  if (tokens === undefined) return <p className="plain">{text}</p>;
  return <>{blocks(tokens)}</>;
});

function blocks(tokens: readonly Token[] | undefined): ReactNode[] {
  // biome-ignore lint/suspicious/noArrayIndexKey: a text never changes, so a token's place is its identity.
  return (tokens ?? []).map((token, at) => <Fragment key={at}>{block(token)}</Fragment>);
}

function block(token: Token): ReactNode {
  switch (token.type) {
    case 'space':
      return null;
    case 'paragraph':
      return <p>{inlines(token.tokens)}</p>;
    case 'text':
      return 'tokens' in token && token.tokens !== undefined ? inlines(token.tokens) : token.text;
    case 'heading':
      return (
        <p>
          <strong>{inlines(token.tokens)}</strong>
        </p>
      );
    case 'code':
      return (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a wide block scrolls, and the keyboard must reach it to do so.
        <pre tabIndex={0}>
          <code>{token.text}</code>
        </pre>
      );
    case 'blockquote':
      return <blockquote>{blocks(token.tokens)}</blockquote>;
    case 'list':
      return list(token);
    case 'hr':
      return <hr />;
    default:
      return <p className="plain">{token.raw.trimEnd()}</p>;
  }
}

function list(token: Token): ReactNode {
  const { items, ordered, start } = token as { items: { tokens: Token[] }[]; ordered: boolean; start: number | '' };
  // biome-ignore lint/suspicious/noArrayIndexKey: as above.
  const rows = items.map((item, at) => <li key={at}>{blocks(item.tokens)}</li>);
  return ordered ? <ol start={start === '' ? undefined : start}>{rows}</ol> : <ul>{rows}</ul>;
}

function inlines(tokens: readonly Token[] | undefined): ReactNode[] {
  // biome-ignore lint/suspicious/noArrayIndexKey: as above.
  return (tokens ?? []).map((token, at) => <Fragment key={at}>{inline(token)}</Fragment>);
}

function inline(token: Token): ReactNode {
  switch (token.type) {
    case 'text':
    case 'escape':
      return 'tokens' in token && token.tokens !== undefined ? inlines(token.tokens) : token.text;
    case 'strong':
      return <strong>{inlines(token.tokens)}</strong>;
    case 'em':
      return <em>{inlines(token.tokens)}</em>;
    case 'del':
      return <del>{inlines(token.tokens)}</del>;
    case 'codespan':
      return <code>{token.text}</code>;
    case 'br':
      return <br />;
    case 'link':
      return link(token);
    default:
      return token.raw;
  }
}

/** A link shows where it leads: one whose text names another place shows both. */
function link(token: Token): ReactNode {
  const { href, text, tokens, raw } = token as { href: string; text: string; tokens: Token[]; raw: string };
  const safe = safeHref(href);
  if (safe === undefined) return raw;
  const claims = /^[\w-]+(\.[\w-]+)+|^\w+:/.test(text)
    ? safeHref(/^\w+:/.test(text) ? text : `https://${text}`)
    : undefined;
  const lies = claims !== undefined && hostOf(claims) !== hostOf(safe);
  return (
    <a href={safe} target="_blank" rel="noopener noreferrer nofollow" title={safe}>
      {inlines(tokens)}
      {lies && ` (${hostOf(safe)})`}
    </a>
  );
}

function hostOf(href: string): string {
  return new URL(href).host.replace(/^www\./, '');
}

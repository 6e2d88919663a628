import { Fragment, type ReactNode } from 'react';
import type { Inline } from './ast';
import { Maths } from './Maths';
import { Mention } from './Mention';
import { Shortcode } from './Shortcode';
import { Spoiler } from './Spoiler';

export function inlines(children: readonly Inline[]): ReactNode[] {
  // biome-ignore lint/suspicious/noArrayIndexKey: a text never changes, so a node's place is its identity.
  return children.map((child, at) => <Fragment key={at}>{inline(child)}</Fragment>);
}

function inline(node: Inline): ReactNode {
  switch (node.type) {
    case 'text':
      return node.text;
    case 'break':
      return <br />;
    case 'strong':
      return <strong>{inlines(node.children)}</strong>;
    case 'em':
      return <em>{inlines(node.children)}</em>;
    case 'strike':
      return <del>{inlines(node.children)}</del>;
    case 'spoiler':
      return <Spoiler>{inlines(node.children)}</Spoiler>;
    case 'code':
      return <code>{node.text}</code>;
    case 'link':
      return (
        <a href={node.href} target="_blank" rel="noopener noreferrer nofollow" title={node.href}>
          {inlines(node.children)}
          {node.host !== undefined && ` (${node.host})`}
        </a>
      );
    case 'maths':
      return <Maths tex={node.tex} display={node.display} />;
    case 'mention':
      return <Mention sign={node.sign} name={node.name} />;
    case 'shortcode':
      return <Shortcode name={node.name} />;
  }
}

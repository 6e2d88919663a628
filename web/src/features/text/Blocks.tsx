import { i18n } from '@lingui/core';
import { Fragment, type ReactNode } from 'react';
import type { Block, Cell, ListItem } from './ast';
import { CodeBlock } from './CodeBlock';
import { inlines } from './Inlines';
import { Maths } from './Maths';

export function blocks(children: readonly Block[]): ReactNode[] {
  // biome-ignore lint/suspicious/noArrayIndexKey: a text never changes, so a node's place is its identity.
  return children.map((child, at) => <Fragment key={at}>{block(child)}</Fragment>);
}

function block(node: Block): ReactNode {
  switch (node.type) {
    case 'paragraph':
      return <p dir="auto">{inlines(node.children)}</p>;
    case 'line':
      return inlines(node.children);
    case 'heading':
      return heading(node.level, inlines(node.children));
    case 'code':
      return <CodeBlock text={node.text} language={node.language} />;
    case 'quote':
      return <blockquote dir="auto">{blocks(node.children)}</blockquote>;
    case 'list':
      return node.ordered ? (
        <ol dir="auto" start={node.start}>
          {node.items.map(item)}
        </ol>
      ) : (
        <ul dir="auto" className={node.items.some(({ done }) => done !== undefined) ? 'tasks' : undefined}>
          {node.items.map(item)}
        </ul>
      );
    case 'table':
      return <Table head={node.head} rows={node.rows} />;
    case 'maths':
      return (
        <div className="maths-block">
          <Maths tex={node.tex} display />
        </div>
      );
    case 'rule':
      return <hr />;
    case 'plain':
      return (
        <p className="plain" dir="auto">
          {node.text}
        </p>
      );
  }
}

/** The page has a heading of its own and so has the sidebar: those of a message are below them, and hardly larger than its
 *  words. */
function heading(level: number, words: ReactNode): ReactNode {
  switch (level) {
    case 1:
      return <h3 dir="auto">{words}</h3>;
    case 2:
      return <h4 dir="auto">{words}</h4>;
    case 3:
      return <h5 dir="auto">{words}</h5>;
    default:
      return <h6 dir="auto">{words}</h6>;
  }
}

function item({ done, children }: ListItem, at: number): ReactNode {
  return (
    <li key={at} className={done === undefined ? undefined : 'task'}>
      {done !== undefined && (
        <input type="checkbox" checked={done} disabled aria-label={done ? i18n.t('Done') : i18n.t('To do')} readOnly />
      )}
      {done === undefined ? blocks(children) : <div>{blocks(children)}</div>}
    </li>
  );
}

function Table({ head, rows }: { head: readonly Cell[]; rows: readonly (readonly Cell[])[] }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a wide table scrolls, and the keyboard must reach it to do so.
    <div className="table-frame" tabIndex={0}>
      <table dir="auto">
        <thead>
          <tr>
            {head.map((cell, at) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: as above.
              <th key={at} scope="col" className={alignment(cell)}>
                {inlines(cell.children)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, at) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: as above.
            <tr key={at}>
              {row.map((cell, column) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: as above.
                <td key={column} className={alignment(cell)}>
                  {inlines(cell.children)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function alignment({ align }: Cell): string | undefined {
  return align === undefined ? undefined : `cell-${align}`;
}

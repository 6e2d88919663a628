import { i18n } from '@lingui/core';
import { Fragment, memo, type ReactNode, useEffect, useMemo, useState } from 'react';
import { Icon } from '@/components/Icon';
import { copyText } from '@/lib/clipboard';
import { Lazy, useLazy } from '@/lib/lazy';
import type { ColouredNode } from './colouring';
import { languageId, languageName } from './languages';

const colouring = new Lazy(() => import('./colouring'));

/** A fenced block: what it is written in, a way to copy it, and the code, byte for byte. Plain until its colours are
 *  there; they change nobody's place. */
export const CodeBlock = memo(function CodeBlock({ text, language }: { text: string; language: string }) {
  const coloured = useColours(text, languageId(language));
  return (
    <div className={language === '' ? 'code code-plain' : 'code'}>
      <div className="code-head">
        <span className="code-language">{languageName(language)}</span>
        <CopyCode text={text} />
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a wide block scrolls, and the keyboard must reach it to do so. */}
      <pre dir="ltr" tabIndex={0}>
        <code>{coloured === undefined ? text : nodes(coloured)}</code>
      </pre>
    </div>
  );
});

function useColours(text: string, id: string | undefined): readonly ColouredNode[] | undefined {
  const highlighter = useLazy(colouring, id !== undefined);
  const [prepared, setPrepared] = useState<string>();
  useEffect(() => {
    if (highlighter === undefined || id === undefined || highlighter.isReady(id)) return;
    let gone = false;
    const prepare = async (): Promise<void> => {
      try {
        await highlighter.prepare(id);
        if (!gone) setPrepared(id);
      } catch {
        // Without its grammar the code stays plain.
      }
    };
    void prepare();
    return () => {
      gone = true;
    };
  }, [highlighter, id]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a grammar that has come makes another try due.
  return useMemo(() => {
    if (highlighter === undefined || id === undefined || !highlighter.isReady(id)) return undefined;
    return highlighter.colour(id, text);
  }, [highlighter, id, text, prepared]);
}

function nodes(children: readonly ColouredNode[]): ReactNode {
  return children.map((node, at) => {
    if (node.type === 'text') return node.value;
    if (node.type !== 'element') return null;
    const classes = node.properties.className;
    return (
      // biome-ignore lint/suspicious/noArrayIndexKey: a text never changes, so a node's place is its identity.
      <Fragment key={at}>
        <span className={Array.isArray(classes) ? classes.join(' ') : undefined}>
          {nodes(node.children as ColouredNode[])}
        </span>
      </Fragment>
    );
  });
}

const COPIED_MS = 1_500;

function CopyCode({ text }: { text: string }) {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), COPIED_MS);
    return () => clearTimeout(timer);
  }, [copied]);
  const copy = async (): Promise<void> => setCopied(await copyText(text));
  return (
    <button
      type="button"
      className="code-copy"
      aria-label={copied ? i18n.t('Copied code') : i18n.t('Copy code')}
      onClick={() => void copy()}
    >
      <Icon name={copied ? 'check' : 'copy'} size={15} />
      {copied ? i18n.t('Copied') : i18n.t('Copy')}
    </button>
  );
}

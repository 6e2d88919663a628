import { type KeyboardEvent, useRef } from 'react';
import { arrows } from '@/lib/direction';

interface Props<K extends string> {
  label: string;
  tabs: readonly { key: K; name: string }[];
  on: K;
  onChoose: (key: K) => void;
  /** Of the part that they change. */
  panel: string;
  className?: string;
}

/** A row of tabs: one of them takes the Tab key, the arrows go from one to the next. */
export function Tabs<K extends string>({ label, tabs, on, onChoose, panel, className }: Props<K>) {
  const row = useRef<HTMLDivElement>(null);
  const walk = (press: KeyboardEvent): void => {
    const at = tabs.findIndex((tab) => tab.key === on);
    const { next: on_key, previous } = arrows();
    const to = { [on_key]: at + 1, [previous]: at - 1, Home: 0, End: tabs.length - 1 }[press.key];
    const next = to === undefined ? undefined : tabs[(to + tabs.length) % tabs.length];
    if (next === undefined) return;
    press.preventDefault();
    onChoose(next.key);
    row.current?.querySelector<HTMLElement>(`#${idOf(panel, next.key)}`)?.focus();
  };
  return (
    <div ref={row} className={className} role="tablist" aria-label={label} onKeyDown={walk}>
      {tabs.map((tab) => (
        <button
          type="button"
          role="tab"
          key={tab.key}
          id={idOf(panel, tab.key)}
          aria-selected={tab.key === on}
          aria-controls={panel}
          tabIndex={tab.key === on ? 0 : -1}
          className={tab.key === on ? 'tab is-on' : 'tab'}
          onClick={() => onChoose(tab.key)}
        >
          {tab.name}
        </button>
      ))}
    </div>
  );
}

/** Names the part that a tab shows. */
export function idOf(panel: string, key: string): string {
  return `${panel}-${key}`;
}

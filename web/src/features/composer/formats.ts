import { codeBlock, type Edit, link, markLines, type Selected, wrap } from './editing';
import type { FormatIconName } from './FormatIcon';

export interface Format {
  name: string;
  icon: FormatIconName;
  /** With Ctrl or ⌘; "shift+" before it with Shift too. */
  key?: string;
  make: (selected: Selected) => Edit;
}

/** What the toolbar has, from left to right, and what the keys do. */
export const FORMATS: readonly Format[] = [
  { name: 'Bold', icon: 'bold', key: 'b', make: (selected) => wrap(selected, '**') },
  { name: 'Italic', icon: 'italic', key: 'i', make: (selected) => wrap(selected, '_') },
  { name: 'Strike through', icon: 'strike', key: 'shift+s', make: (selected) => wrap(selected, '~~') },
  { name: 'Code', icon: 'code', key: 'e', make: (selected) => wrap(selected, '`') },
  { name: 'Link', icon: 'link', key: 'k', make: link },
  { name: 'List', icon: 'list', make: (selected) => markLines(selected, '- ') },
  { name: 'Tasks', icon: 'tasks', make: (selected) => markLines(selected, '- [ ] ') },
  { name: 'Quote', icon: 'quote', make: (selected) => markLines(selected, '> ') },
  { name: 'Code block', icon: 'code_block', key: 'shift+x', make: codeBlock },
  { name: 'Hide until pressed', icon: 'hidden', make: (selected) => wrap(selected, '||') },
];

interface Keys {
  key: string;
  ctrlKey: boolean;
  metaKey: boolean;
  shiftKey: boolean;
  altKey: boolean;
}

/** The format of a key that was pressed. Ctrl+K without a selection is the switcher's. */
export function formatOfKey(event: Keys, selected: Selected): Format | undefined {
  if (!(event.ctrlKey || event.metaKey) || event.altKey) return undefined;
  const key = (event.shiftKey ? 'shift+' : '') + event.key.toLowerCase();
  if (key === 'k' && selected.from === selected.to) return undefined;
  return FORMATS.find((format) => format.key === key);
}

const APPLE = /Mac|iPhone|iPad/.test(globalThis.navigator?.userAgent ?? '');

/** As it is printed: "Ctrl+Shift+X", "⇧⌘X". */
export function keyName(key: string): string {
  const letter = key.replace('shift+', '').toUpperCase();
  const shift = key.startsWith('shift+');
  return APPLE ? `${shift ? '⇧' : ''}⌘${letter}` : `Ctrl+${shift ? 'Shift+' : ''}${letter}`;
}

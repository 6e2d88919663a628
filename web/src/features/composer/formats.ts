import { i18n, type MessageDescriptor } from '@lingui/core';
import { codeBlock, type Edit, link, markLines, type Selected, wrap } from './editing';
import type { FormatIconName } from './FormatIcon';

export interface Format {
  name: MessageDescriptor;
  icon: FormatIconName;
  /** With Ctrl or ⌘; "shift+" before it with Shift too. */
  key?: string;
  make: (selected: Selected) => Edit;
}

/** What the toolbar has, from left to right, and what the keys do. */
export const FORMATS: readonly Format[] = [
  { name: /*i18n*/ { id: 'Bold' }, icon: 'bold', key: 'b', make: (selected) => wrap(selected, '**') },
  { name: /*i18n*/ { id: 'Italic' }, icon: 'italic', key: 'i', make: (selected) => wrap(selected, '_') },
  { name: /*i18n*/ { id: 'Strike through' }, icon: 'strike', key: 'shift+s', make: (selected) => wrap(selected, '~~') },
  { name: /*i18n*/ { id: 'Code' }, icon: 'code', key: 'e', make: (selected) => wrap(selected, '`') },
  { name: /*i18n*/ { id: 'Link' }, icon: 'link', key: 'k', make: link },
  { name: /*i18n*/ { id: 'List' }, icon: 'list', make: (selected) => markLines(selected, '- ') },
  { name: /*i18n*/ { id: 'Tasks' }, icon: 'tasks', make: (selected) => markLines(selected, '- [ ] ') },
  { name: /*i18n*/ { id: 'Quote' }, icon: 'quote', make: (selected) => markLines(selected, '> ') },
  { name: /*i18n*/ { id: 'Code block' }, icon: 'code_block', key: 'shift+x', make: codeBlock },
  { name: /*i18n*/ { id: 'Hide until pressed' }, icon: 'hidden', make: (selected) => wrap(selected, '||') },
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
  if (APPLE) return `${shift ? '⇧' : ''}⌘${letter}`;
  return shift ? i18n.t('Ctrl+Shift+{key}', { key: letter }) : i18n.t('Ctrl+{key}', { key: letter });
}

import { nameKey } from '@/lib/name_key';
import type { UserGroup } from '@/protocol/ops.gen';
import { callsMany } from '../text/names';

const CODE = /(`{3,}|~{3,})[\s\S]*?(\1|$)|(`+)[^`]*?\3/g;
const NAMED = /(?:^|[^\p{L}\p{N}_.@-])@([\p{L}\p{N}_][\p{L}\p{M}\p{N}_.-]*)/giu;

/** The names that a message of these words calls. In code they are only words. */
const named = (text: string): string[] =>
  [...text.replace(CODE, ' ').matchAll(NAMED)].map(([, name = '']) => name.replace(/[.-]+$/, ''));

/** Whether a message of these words calls everybody of a room: msg-svc decides, this is for who writes it. */
export function callsEveryone(text: string): boolean {
  return text.includes('@') && named(text).some(callsMany);
}

/** The groups that a message of these words names. */
export function groupsCalled(text: string, groups: readonly UserGroup[]): UserGroup[] {
  if (groups.length === 0 || !text.includes('@')) return [];
  const names = new Set(named(text).map(nameKey));
  return groups.filter(({ handle }) => names.has(nameKey(handle)));
}

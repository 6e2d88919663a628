import { nameKey } from '@/lib/name_key';
import type { UserGroup } from '@/protocol/ops.gen';

const CODE = /(`{3,}|~{3,})[\s\S]*?(\1|$)|(`+)[^`]*?\3/g;
const CALL = /(^|[^\p{L}\p{N}_.@-])@(all|here|everyone|channel)(?![\p{L}\p{N}_-])/iu;

const NAMED = /(?:^|[^\p{L}\p{N}_.@-])@([\p{L}\p{N}_][\p{L}\p{M}\p{N}_.-]*)/giu;

/** Whether a message of these words calls everybody of a room: msg-svc decides, this is for who writes it. In code they are
 *  only words. */
export function callsEveryone(text: string): boolean {
  return text.includes('@') && CALL.test(text.replace(CODE, ' '));
}

/** The groups that a message of these words names. */
export function groupsCalled(text: string, groups: readonly UserGroup[]): UserGroup[] {
  if (groups.length === 0 || !text.includes('@')) return [];
  const names = new Set<string>();
  for (const [, name = ''] of text.replace(CODE, ' ').matchAll(NAMED)) names.add(nameKey(name.replace(/[.-]+$/, '')));
  return groups.filter(({ handle }) => names.has(nameKey(handle)));
}

import { plural } from '@/lib/text';
import type { AuditEntry } from '@/protocol/ops.gen';

type Words = (entry: AuditEntry, data: Record<string, unknown>) => string;

interface Kind {
  name: string;
  /** What was done, behind the name of who did it, with THEM and ROOM where those names go. Without ROOM the room, if there
   *  is one, comes last. */
  words: Words;
}

export const THEM = '{them}';
export const ROOM = '{room}';

const REGISTRATION: Record<string, string> = { open: 'open to everybody', invite: 'by invitation', closed: 'closed' };
const SETTLED: Record<string, string> = {
  dismiss: 'dismissed',
  delete: 'settled by deleting',
  remove: 'settled by deleting, and removing the sender of,',
  ban: 'settled by deleting, and banning the sender of,',
  disable: 'settled by deleting, and disabling the account of the sender of,',
};

/** Every kind of the audit, in the order of the choice. */
export const KINDS: Record<string, Kind> = {
  registered: {
    name: 'Accounts made',
    words: (_, data) =>
      `made an account${data.founder === true ? ', the first one' : data.invite !== undefined ? ' by an invitation' : ''}`,
  },
  admin_made: { name: 'Admins made', words: () => `made ${THEM} an admin` },
  admin_ended: { name: 'Admins ended', words: () => `made ${THEM} no admin any more` },
  account_disabled: { name: 'Accounts disabled', words: () => `disabled the account of ${THEM}` },
  account_enabled: { name: 'Accounts enabled', words: () => `enabled the account of ${THEM}` },
  account_logged_out: { name: 'Logins ended', words: () => `logged ${THEM} out everywhere` },
  server_settings: { name: 'Server settings', words: (_, data) => `set ${serverWords(data)}` },
  server_invite_made: { name: 'Server invitations made', words: () => 'made an invitation to the server' },
  server_invite_ended: { name: 'Server invitations ended', words: () => 'ended an invitation to the server' },
  admin_login: {
    name: 'Logins of admins',
    words: (_, data) => `logged in as an admin${data.address === undefined ? '' : ` from ${String(data.address)}`}`,
  },
  reported: { name: 'Reports', words: (_, data) => `reported a message of ${THEM} (${String(data.reason)})` },
  report_settled: {
    name: 'Reports settled',
    words: (_, data) =>
      `${SETTLED[String(data.settlement)] ?? 'settled'} a reported message of ${THEM} (${plural(Number(data.reports ?? 1), 'report', 'reports')})`,
  },
  emoji_made: { name: 'Emoji added', words: (_, data) => `added the emoji :${String(data.name)}:` },
  emoji_ended: { name: 'Emoji deleted', words: (_, data) => `deleted the emoji :${String(data.name)}:` },
  pack_made: { name: 'Sticker packs made', words: (_, data) => `made the sticker pack “${String(data.name)}”` },
  pack_ended: { name: 'Sticker packs deleted', words: (_, data) => `deleted the sticker pack “${String(data.name)}”` },
  created: { name: 'Rooms made', words: () => `made ${ROOM}` },
  joined: { name: 'Joined', words: () => `joined ${ROOM}` },
  left: { name: 'Left', words: () => `left ${ROOM}` },
  added: { name: 'Added', words: () => `added ${THEM} to ${ROOM}` },
  removed: { name: 'Removed', words: () => `removed ${THEM} from ${ROOM}` },
  deleted: { name: 'Messages deleted', words: (_, data) => `deleted message ${String(data.seq ?? '')}` },
  settings: {
    name: 'Room settings',
    words: (_, data) => `changed ${Object.keys(data).map(settingWord).join(', ') || 'the room'}`,
  },
  invite_made: {
    name: 'Invitations made',
    words: (_, data) => `made an invitation to ${ROOM}${data.role === 'guest' ? ', as a guest' : ''}`,
  },
  invite_ended: { name: 'Invitations ended', words: () => `ended an invitation to ${ROOM}` },
  role: {
    name: 'Roles',
    words: (_, data) => `made ${THEM} ${data.role === 'owner' ? 'an owner' : `a ${String(data.role)}`}`,
  },
  banned: { name: 'Bans', words: (_, data) => (data.on === true ? `banned ${THEM}` : `took back the ban of ${THEM}`) },
  muted: { name: 'Mutes', words: (_, data) => (data.until === 0 ? `let ${THEM} write again` : `muted ${THEM}`) },
  archived: {
    name: 'Archive',
    words: (_, data) => (data.on === true ? `archived ${ROOM}` : `took ${ROOM} out of the archive`),
  },
};

/** The words of an entry, taken to pieces: THEM and ROOM stand alone. */
export function auditWords(entry: AuditEntry): string[] {
  const words = KINDS[entry.kind]?.words(entry, entry.data ?? {}) ?? entry.kind;
  const whole = entry.room === undefined || words.includes(ROOM) ? words : `${words} in ${ROOM}`;
  return whole.split(/(\{them\}|\{room\})/).filter((piece) => piece !== '');
}

function settingWord(key: string): string {
  if (key === 'slow_mode_s') return 'slow mode';
  if (key === 'kind') return 'who may find it';
  if (key === 'permissions') return 'who may do what';
  return `the ${key}`;
}

function serverWords(data: Record<string, unknown>): string {
  const said: string[] = [];
  if (data.name !== undefined) said.push(`the name to “${String(data.name)}”`);
  if (data.registration !== undefined)
    said.push(`registration to ${REGISTRATION[String(data.registration)] ?? String(data.registration)}`);
  for (const kind of ['public', 'private'])
    if (data[`${kind}_rooms`] !== undefined)
      said.push(`who makes ${kind} rooms to ${data[`${kind}_rooms`] === 'admins' ? 'admins only' : 'everybody'}`);
  return said.join(', ');
}

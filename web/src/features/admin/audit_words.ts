import { i18n, type MessageDescriptor } from '@lingui/core';
import type { AuditEntry } from '@/protocol/ops.gen';
import { durationWords } from '../rooms/durations';

interface Kind {
  name: MessageDescriptor;
  /** What was done, with WHO, THEM and ROOM where those names go. Without ROOM the room, if there is one, is told of it. */
  words: (data: Record<string, unknown>) => string;
}

/** In place of names, which are elements. */
export const WHO = '\u{F0001}';
export const THEM = '\u{F0002}';
export const ROOM = '\u{F0003}';
const NAMES = { who: WHO, them: THEM, room: ROOM };
const named = (more: Record<string, unknown>): Record<string, unknown> => ({ ...NAMES, ...more });

/** Every kind of the audit, in the order of the choice. */
export const KINDS: Record<string, Kind> = {
  registered: { name: /*i18n*/ { id: 'Accounts made' }, words: registered },
  admin_made: {
    name: /*i18n*/ { id: 'Admins made' },
    words: () => i18n.t('{who} made {them} an admin', NAMES),
  },
  admin_ended: {
    name: /*i18n*/ { id: 'Admins ended' },
    words: () => i18n.t('{who} made {them} no admin any more', NAMES),
  },
  account_disabled: {
    name: /*i18n*/ { id: 'Accounts disabled' },
    words: () => i18n.t('{who} disabled the account of {them}', NAMES),
  },
  account_enabled: {
    name: /*i18n*/ { id: 'Accounts enabled' },
    words: () => i18n.t('{who} enabled the account of {them}', NAMES),
  },
  account_logged_out: {
    name: /*i18n*/ { id: 'Logins ended' },
    words: () => i18n.t('{who} logged {them} out everywhere', NAMES),
  },
  password_set: {
    name: /*i18n*/ { id: 'Passwords set' },
    words: () => i18n.t('{who} set a new password for {them}', NAMES),
  },
  server_settings: {
    name: /*i18n*/ { id: 'Server settings' },
    words: (data) => i18n.t('{who} set {settings}', named({ settings: serverWords(data) })),
  },
  server_invite_made: {
    name: /*i18n*/ { id: 'Server invitations made' },
    words: () => i18n.t('{who} made an invitation to the server', NAMES),
  },
  server_invite_ended: {
    name: /*i18n*/ { id: 'Server invitations ended' },
    words: () => i18n.t('{who} ended an invitation to the server', NAMES),
  },
  admin_login: {
    name: /*i18n*/ { id: 'Logins of admins' },
    words: ({ address }) =>
      address === undefined
        ? i18n.t('{who} logged in as an admin', NAMES)
        : i18n.t('{who} logged in as an admin from {address}', named({ address: String(address) })),
  },
  group_made: {
    name: /*i18n*/ { id: 'Groups made' },
    words: ({ handle }) => i18n.t('{who} made the group @{handle}', named({ handle: String(handle) })),
  },
  group_changed: {
    name: /*i18n*/ { id: 'Groups changed' },
    words: ({ group, handle }) =>
      handle === undefined
        ? i18n.t('{who} gave the group @{handle} another name', named({ handle: String(group) }))
        : i18n.t(
            '{who} changed the group @{before} to @{handle}',
            named({ before: String(group), handle: String(handle) }),
          ),
  },
  group_ended: {
    name: /*i18n*/ { id: 'Groups deleted' },
    words: ({ handle }) => i18n.t('{who} deleted the group @{handle}', named({ handle: String(handle) })),
  },
  group_added: {
    name: /*i18n*/ { id: 'People added to groups' },
    words: ({ handle }) => i18n.t('{who} added {them} to the group @{handle}', named({ handle: String(handle) })),
  },
  group_removed: {
    name: /*i18n*/ { id: 'People removed from groups' },
    words: ({ handle }) => i18n.t('{who} removed {them} from the group @{handle}', named({ handle: String(handle) })),
  },
  reported: {
    name: /*i18n*/ { id: 'Reports' },
    words: ({ reason }) =>
      i18n.t(
        '{who} reported a message of {them} ({reason, select, spam {spam} abuse {abuse} unlawful {unlawful} other {other}})',
        named({ reason: String(reason) }),
      ),
  },
  report_settled: { name: /*i18n*/ { id: 'Reports settled' }, words: settled },
  emoji_made: {
    name: /*i18n*/ { id: 'Emoji added' },
    words: ({ name }) => i18n.t('{who} added the emoji :{name}:', named({ name: String(name) })),
  },
  emoji_ended: {
    name: /*i18n*/ { id: 'Emoji deleted' },
    words: ({ name }) => i18n.t('{who} deleted the emoji :{name}:', named({ name: String(name) })),
  },
  pack_made: {
    name: /*i18n*/ { id: 'Sticker packs made' },
    words: ({ name }) => i18n.t('{who} made the sticker pack “{name}”', named({ name: String(name) })),
  },
  pack_ended: {
    name: /*i18n*/ { id: 'Sticker packs deleted' },
    words: ({ name }) => i18n.t('{who} deleted the sticker pack “{name}”', named({ name: String(name) })),
  },
  created: { name: /*i18n*/ { id: 'Rooms made' }, words: () => i18n.t('{who} made {room}', NAMES) },
  joined: {
    name: /*i18n*/ { id: 'joined (audit)', message: 'Joined', comment: 'Kind of entry: somebody came into a room' },
    words: () => i18n.t('{who} joined {room}', NAMES),
  },
  left: {
    name: /*i18n*/ { id: 'left (audit)', message: 'Left', comment: 'Kind of entry: somebody went out of a room' },
    words: () => i18n.t('{who} left {room}', NAMES),
  },
  added: {
    name: /*i18n*/ { id: 'added (audit)', message: 'Added', comment: 'Kind of entry: somebody was put into a room' },
    words: () => i18n.t('{who} added {them} to {room}', NAMES),
  },
  removed: {
    name: /*i18n*/ {
      id: 'removed (audit)',
      message: 'Removed',
      comment: 'Kind of entry: somebody was put out of a room',
    },
    words: () => i18n.t('{who} removed {them} from {room}', NAMES),
  },
  deleted: {
    name: /*i18n*/ { id: 'Messages deleted' },
    words: ({ seq = '' }) => i18n.t('{who} deleted message {number}', named({ number: String(seq) })),
  },
  settings: { name: /*i18n*/ { id: 'Room settings' }, words: settings },
  invite_made: {
    name: /*i18n*/ { id: 'Invitations made' },
    words: ({ role }) =>
      role === 'guest'
        ? i18n.t('{who} made an invitation to {room}, as a guest', NAMES)
        : i18n.t('{who} made an invitation to {room}', NAMES),
  },
  invite_ended: {
    name: /*i18n*/ { id: 'Invitations ended' },
    words: () => i18n.t('{who} ended an invitation to {room}', NAMES),
  },
  role: {
    name: /*i18n*/ { id: 'Roles' },
    words: ({ role }) =>
      i18n.t(
        '{role, select, owner {{who} made {them} an owner} moderator {{who} made {them} a moderator} guest {{who} made {them} a guest} other {{who} made {them} a member}}',
        named({ role: String(role) }),
      ),
  },
  banned: {
    name: /*i18n*/ { id: 'Bans' },
    words: ({ on }) =>
      on === true ? i18n.t('{who} banned {them}', NAMES) : i18n.t('{who} took back the ban of {them}', NAMES),
  },
  muted: {
    name: /*i18n*/ { id: 'Mutes' },
    words: ({ until }) =>
      until === 0 ? i18n.t('{who} let {them} write again', NAMES) : i18n.t('{who} muted {them}', NAMES),
  },
  archived: {
    name: /*i18n*/ {
      id: 'archive (audit)',
      message: 'Archive',
      comment: 'Kind of entry: a room was archived or taken back',
    },
    words: ({ on }) =>
      on === true ? i18n.t('{who} archived {room}', NAMES) : i18n.t('{who} took {room} out of the archive', NAMES),
  },
};

/** The words of an entry, taken to pieces: WHO, THEM and ROOM stand alone. */
export function auditWords(entry: AuditEntry): string[] {
  const words = KINDS[entry.kind]?.words(entry.data ?? {}) ?? `${WHO} ${entry.kind}`;
  const whole =
    entry.room === undefined || words.includes(ROOM)
      ? words
      : i18n.t({
          id: '{event} in {room}',
          comment: 'What was done, as a sentence without its full stop, and the room in which it was done.',
          values: { event: words, room: ROOM },
        });
  return whole.split(/([\u{F0001}-\u{F0003}])/u).filter((piece) => piece !== '');
}

function registered({ founder, invite }: Record<string, unknown>): string {
  if (founder === true) return i18n.t('{who} made an account, the first one', NAMES);
  return invite === undefined
    ? i18n.t('{who} made an account', NAMES)
    : i18n.t('{who} made an account by an invitation', NAMES);
}

function settled({ settlement, reports = 1 }: Record<string, unknown>): string {
  return i18n.t(
    '{settlement, select, dismiss {{who} dismissed a reported message of {them}} delete {{who} settled by deleting a reported message of {them}} remove {{who} settled by deleting, and removing the sender of, a reported message of {them}} ban {{who} settled by deleting, and banning the sender of, a reported message of {them}} disable {{who} settled by deleting, and disabling the account of the sender of, a reported message of {them}} other {{who} settled a reported message of {them}}} ({count, plural, one {# report} other {# reports}})',
    named({ settlement: String(settlement), count: Number(reports) }),
  );
}

function settings(data: Record<string, unknown>): string {
  const changed = Object.keys(data).map((key) => i18n.t(SETTINGS[key] ?? ROOM_ITSELF));
  return i18n.t(
    '{who} changed {settings}',
    named({ settings: listed(changed.length > 0 ? changed : [i18n.t(ROOM_ITSELF)]) }),
  );
}

const ROOM_ITSELF = /*i18n*/ { id: 'the room' };
const SETTINGS: Record<string, MessageDescriptor> = {
  name: /*i18n*/ { id: 'the name' },
  topic: /*i18n*/ { id: 'the topic' },
  description: /*i18n*/ { id: 'the description' },
  picture: /*i18n*/ { id: 'the picture' },
  announcement: /*i18n*/ { id: 'the announcement' },
  slow_mode_s: /*i18n*/ { id: 'slow mode' },
  retention_days: /*i18n*/ { id: 'how long messages are kept' },
  kind: /*i18n*/ { id: 'who may find it' },
  permissions: /*i18n*/ { id: 'who may do what' },
};

/** What of the server was set, to what. */
function serverWords({
  name,
  registration,
  public_rooms,
  private_rooms,
  user_groups,
  retention_days,
}: Record<string, unknown>): string {
  const said: string[] = [];
  if (name !== undefined) said.push(i18n.t('the name to “{name}”', { name: String(name) }));
  if (registration !== undefined)
    said.push(
      i18n.t(
        '{registration, select, open {registration to open to everybody} invite {registration to by invitation} other {registration to closed}}',
        { registration: String(registration) },
      ),
    );
  if (public_rooms !== undefined)
    said.push(
      public_rooms === 'admins'
        ? i18n.t('who makes public rooms to admins only')
        : i18n.t('who makes public rooms to everybody'),
    );
  if (private_rooms !== undefined)
    said.push(
      private_rooms === 'admins'
        ? i18n.t('who makes private rooms to admins only')
        : i18n.t('who makes private rooms to everybody'),
    );
  if (user_groups !== undefined)
    said.push(
      user_groups === 'admins'
        ? i18n.t('who makes groups of people to admins only')
        : i18n.t('who makes groups of people to everybody'),
    );
  if (retention_days !== undefined)
    said.push(
      typeof retention_days === 'number'
        ? i18n.t('how long messages are kept to {duration}', { duration: durationWords(retention_days * 86_400) })
        : i18n.t('how long messages are kept to for ever'),
    );
  return listed(said);
}

function listed(words: readonly string[]): string {
  return new Intl.ListFormat(i18n.locale, { type: 'unit' }).format(words);
}

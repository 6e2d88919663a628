import { i18n, type MessageDescriptor } from '@lingui/core';
import { roomAt } from '@/lib/paths';
import type { Room } from '@/protocol/ops.gen';
import { roomName } from '@/state/names';

/** Each as its heading has it. */
const SCREENS: Record<string, MessageDescriptor> = {
  activity: /*i18n*/ { id: 'Activity' },
  admin: /*i18n*/ { id: 'Administration' },
  drafts: /*i18n*/ { id: 'Drafts' },
  invite: /*i18n*/ { id: 'Invitation' },
  later: /*i18n*/ { id: 'Later' },
  people: /*i18n*/ { id: 'People' },
  reports: /*i18n*/ { id: 'Reports' },
  settings: /*i18n*/ { id: 'Settings' },
  threads: /*i18n*/ { id: 'Threads' },
  unread: /*i18n*/ { id: 'Inbox' },
};

const PARTS: Record<string, MessageDescriptor> = {
  'settings/profile': /*i18n*/ { id: 'Profile' },
  'settings/appearance': /*i18n*/ { id: 'Appearance' },
  'settings/status': /*i18n*/ { id: 'Status' },
  'settings/notifications': /*i18n*/ { id: 'Notifications' },
  'settings/quiet': /*i18n*/ { id: 'Do not disturb' },
  'settings/writing': /*i18n*/ { id: 'Writing' },
  'settings/privacy': /*i18n*/ { id: 'Privacy' },
  'settings/tokens': /*i18n*/ { id: 'Access tokens' },
  'settings/bots': /*i18n*/ { id: 'Bots' },
  'admin/figures': /*i18n*/ { id: 'Overview' },
  'admin/people': /*i18n*/ { id: 'People' },
  'admin/rooms': /*i18n*/ { id: 'Rooms' },
  'admin/reports': /*i18n*/ { id: 'Reports' },
  'admin/audit': /*i18n*/ { id: 'Audit' },
  'admin/emoji': /*i18n*/ { id: 'Emoji' },
  'admin/stickers': /*i18n*/ { id: 'Stickers' },
  'admin/server': /*i18n*/ { id: 'Server' },
};

/** Where an address leads to, the narrowest first: `launch`; `Profile`, `Settings`. Of what has no name nothing. */
export function placesAt(path: string, rooms: ReadonlyMap<string, Room>): string[] {
  const id = roomAt(path);
  if (id !== undefined) {
    const room = rooms.get(id);
    return room === undefined ? [] : [roomName(room)];
  }
  const [screen = '', part = ''] = path.slice(1).split('/');
  const names = [own(PARTS, `${screen}/${part}`), own(SCREENS, screen)];
  return names.flatMap((name) => (name === undefined ? [] : [i18n.t(name)]));
}

function own(words: Record<string, MessageDescriptor>, key: string): MessageDescriptor | undefined {
  return Object.hasOwn(words, key) ? words[key] : undefined;
}

import { Suspense } from 'react';
import type { Sheet } from '@/features/rooms/Sidebar';
import { Switcher } from '@/features/switcher/Switcher';
import { late } from '@/lib/late';

const BrowseRooms = late(async () => (await import('@/features/rooms/BrowseRooms')).BrowseRooms);
const NewMessage = late(async () => (await import('@/features/rooms/NewMessage')).NewMessage);
const NewRoom = late(async () => (await import('@/features/rooms/NewRoom')).NewRoom);
const Shortcuts = late(async () => (await import('@/features/keys/Shortcuts')).Shortcuts);

interface Props {
  sheet: Sheet;
  onOpen: (sheet: Sheet | undefined) => void;
}

/** What opens over the rooms. The switcher is there with the first of them: who presses its keys types at once. */
export function Sheets({ sheet, onOpen }: Props) {
  const close = (): void => onOpen(undefined);
  return (
    <Suspense>
      {sheet === 'switcher' && <Switcher onClose={close} />}
      {sheet === 'new_room' && <NewRoom onClose={close} />}
      {sheet === 'browse' && <BrowseRooms onClose={close} onNew={() => onOpen('new_room')} />}
      {sheet === 'keys' && <Shortcuts onClose={close} />}
      {sheet === 'new_message' && <NewMessage onClose={close} />}
    </Suspense>
  );
}

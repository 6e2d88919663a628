import { i18n } from '@lingui/core';
import { Suspense, useState } from 'react';
import { flushSync } from 'react-dom';
import { useLocation } from 'wouter';
import { saidOf } from '@/client/error';
import { type Anchor, Floating } from '@/components/Floating';
import { copyText } from '@/lib/clipboard';
import { late } from '@/lib/late';
import { paths } from '@/lib/paths';
import type { Room } from '@/protocol/ops.gen';
import { useChat } from '@/state/context';
import { say } from '@/state/notice';
import { may, maySet } from '@/state/rights';
import { LeaveQuestion } from '../members/LeaveRoom';
import { MenuRow } from './MenuRow';

// Not everybody needs them: they are fetched when they are opened first.
const ChooseSection = late(async () => (await import('./ChooseSection')).ChooseSection);
const NotifySheet = late(async () => (await import('../notifications/NotifySheet')).NotifySheet);
const RoomSettings = late(async () => (await import('./RoomSettings')).RoomSettings);

type Sheet = 'settings' | 'section' | 'notify' | 'leave';

/** The menu of a room, and what it opens. */
export function RoomActs(props: { room: Room; anchor: Anchor | undefined; onClose: () => void }) {
  const { room, anchor, onClose: close } = props;
  const chat = useChat();
  const [sheet, setSheet] = useState<Sheet>();
  const [, navigate] = useLocation();
  // What follows may take the focus: the menu has given it back before.
  const then = (act: () => void) => (): void => {
    flushSync(close);
    act();
  };
  const keep = (body: { favourite?: boolean; section?: string }): void => {
    // Told by a user event; without one the list is right with its next load.
    chat.api.call('PUT /rooms/{room}/mine', { params: { room: room.id }, body }).catch((cause: unknown) => {
      say(saidOf(cause));
      chat.refreshList();
    });
  };
  const copyLink = async (): Promise<void> => {
    const copied = await copyText(location.origin + paths.room(room.id));
    say(copied ? i18n.t('The link is copied.') : i18n.t('The browser did not let it be copied.'));
  };
  const star = room.favourite === true;
  return (
    <>
      {anchor !== undefined && (
        <Floating label={i18n.t('More about this room')} anchor={anchor} onClose={close} className="menu-floating">
          <div className="menu">
            <MenuRow icon="star" onClick={then(() => keep({ favourite: !star }))}>
              {star ? i18n.t('Take from favourites') : i18n.t('Add to favourites')}
            </MenuRow>
            <MenuRow icon="list" onClick={then(() => setSheet('section'))}>
              {i18n.t('Move to a section…')}
            </MenuRow>
            <MenuRow icon="bell" onClick={then(() => setSheet('notify'))}>
              {i18n.t('Notifications…')}
            </MenuRow>
            <MenuRow icon="link" onClick={then(() => void copyLink())}>
              {i18n.t('Copy link')}
            </MenuRow>
            {room.kind !== 'dm' && (
              <>
                <hr className="menu-line" />
                <MenuRow icon={maySet(room) ? 'settings' : 'info'} onClick={then(() => setSheet('settings'))}>
                  {maySet(room) ? i18n.t('Room settings') : i18n.t('About this room')}
                </MenuRow>
                {may(room, 'reports') && (
                  <MenuRow icon="flag" onClick={then(() => navigate(paths.reports(room.id)))}>
                    {i18n.t('Reports')}
                  </MenuRow>
                )}
                <MenuRow icon="leave" danger onClick={then(() => setSheet('leave'))}>
                  {i18n.t('Leave the room')}
                </MenuRow>
              </>
            )}
          </div>
        </Floating>
      )}
      <Suspense>
        {sheet === 'settings' && <RoomSettings room={room} onClose={() => setSheet(undefined)} />}
        {sheet === 'notify' && <NotifySheet room={room} onClose={() => setSheet(undefined)} />}
        {sheet === 'section' && (
          <ChooseSection
            room={room}
            onChoose={(section) => {
              keep({ section });
              setSheet(undefined);
            }}
            onClose={() => setSheet(undefined)}
          />
        )}
      </Suspense>
      {sheet === 'leave' && <LeaveQuestion room={room} onClose={() => setSheet(undefined)} />}
    </>
  );
}

import { lazy, Suspense, useState } from 'react';
import { flushSync } from 'react-dom';
import { useLocation } from 'wouter';
import { ApiError } from '@/client/error';
import { Dialog } from '@/components/Dialog';
import { type Anchor, Floating } from '@/components/Floating';
import { Icon } from '@/components/Icon';
import { copyText } from '@/lib/clipboard';
import { paths } from '@/lib/paths';
import type { Room } from '@/protocol/ops.gen';
import { useChat, useStore } from '@/state/context';
import { roomName } from '@/state/names';
import { say } from '@/state/notice';
import { may, maySet } from '@/state/rights';
import { LeaveQuestion } from '../members/LeaveRoom';
import { MenuRow } from './MenuRow';
import { sectionNames } from './sections';

// Not everybody needs them: they are fetched when they are opened first.
const NotifySheet = lazy(async () => ({ default: (await import('../notifications/NotifySheet')).NotifySheet }));
const RoomSettings = lazy(async () => ({ default: (await import('./RoomSettings')).RoomSettings }));

type Sheet = 'settings' | 'section' | 'notify' | 'leave';

/** What can be done with a room, behind one button. */
export function RoomMenu({ room }: { room: Room }) {
  const chat = useChat();
  const [anchor, setAnchor] = useState<Anchor>();
  const [sheet, setSheet] = useState<Sheet>();
  const [, navigate] = useLocation();
  const close = (): void => setAnchor(undefined);
  // What follows may take the focus: the menu has given it back before.
  const then = (act: () => void) => (): void => {
    flushSync(close);
    act();
  };
  const keep = (body: { favourite?: boolean; section?: string }): void => {
    // Told by a user event; without one the list is right with its next load.
    chat.api.call('PUT /rooms/{room}/mine', { params: { room: room.id }, body }).catch((cause: unknown) => {
      say(cause instanceof ApiError ? cause.message : 'Something went wrong. Try again.');
      chat.refreshList();
    });
  };
  const copyLink = async (): Promise<void> => {
    const copied = await copyText(location.origin + paths.room(room.id));
    say(copied ? 'The link is copied.' : 'The browser did not let it be copied.');
  };
  const star = room.favourite === true;
  return (
    <>
      <button
        type="button"
        className={anchor === undefined ? 'btn-icon' : 'btn-icon is-on'}
        aria-label="More about this room"
        title="More"
        aria-haspopup="dialog"
        aria-expanded={anchor !== undefined}
        onClick={(event) => {
          const { left, top, right, bottom } = event.currentTarget.getBoundingClientRect();
          setAnchor({ left, top, right, bottom });
        }}
      >
        <Icon name="more" />
      </button>
      {anchor !== undefined && (
        <Floating label="More about this room" anchor={anchor} onClose={close} className="menu-floating">
          <div className="menu">
            <MenuRow icon="star" onClick={then(() => keep({ favourite: !star }))}>
              {star ? 'Take from favourites' : 'Add to favourites'}
            </MenuRow>
            <MenuRow icon="list" onClick={then(() => setSheet('section'))}>
              Move to a section…
            </MenuRow>
            <MenuRow icon="bell" onClick={then(() => setSheet('notify'))}>
              Notifications…
            </MenuRow>
            <MenuRow icon="link" onClick={then(() => void copyLink())}>
              Copy link
            </MenuRow>
            {room.kind !== 'dm' && (
              <>
                <hr className="menu-line" />
                <MenuRow icon={maySet(room) ? 'settings' : 'info'} onClick={then(() => setSheet('settings'))}>
                  {maySet(room) ? 'Room settings' : 'About this room'}
                </MenuRow>
                {may(room, 'reports') && (
                  <MenuRow icon="flag" onClick={then(() => navigate(paths.reports(room.id)))}>
                    Reports
                  </MenuRow>
                )}
                <MenuRow icon="leave" danger onClick={then(() => setSheet('leave'))}>
                  Leave the room
                </MenuRow>
              </>
            )}
          </div>
        </Floating>
      )}
      <Suspense>
        {sheet === 'settings' && <RoomSettings room={room} onClose={() => setSheet(undefined)} />}
        {sheet === 'notify' && <NotifySheet room={room} onClose={() => setSheet(undefined)} />}
      </Suspense>
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
      {sheet === 'leave' && <LeaveQuestion room={room} onClose={() => setSheet(undefined)} />}
    </>
  );
}

function ChooseSection(props: { room: Room; onChoose: (section: string) => void; onClose: () => void }) {
  const chat = useChat();
  const names = sectionNames(useStore(chat.list.rooms).values());
  const [name, setName] = useState('');
  const { room } = props;
  const current = room.section ?? '';
  return (
    <Dialog title={`Where ${roomName(room)} stands`} onClose={props.onClose}>
      <ul className="pick-list section-list">
        {['', ...names].map((one) => (
          <li key={one}>
            <button
              type="button"
              className="pick pick-button"
              aria-pressed={one === current}
              onClick={() => props.onChoose(one)}
            >
              <span className="pick-text">
                <bdi className="pick-name">{one === '' ? 'In no section' : one}</bdi>
              </span>
              {one === current && <Icon name="check" size={17} />}
            </button>
          </li>
        ))}
      </ul>
      <form
        className="section-new"
        onSubmit={(event) => {
          event.preventDefault();
          if (name.trim() !== '') props.onChoose(name.trim());
        }}
      >
        <input
          className="form-control"
          aria-label="Name of a new section"
          placeholder="A new section"
          maxLength={40}
          value={name}
          onChange={(event) => setName(event.target.value)}
        />
        <button type="submit" className="btn btn-primary" disabled={name.trim() === ''}>
          Move there
        </button>
      </form>
    </Dialog>
  );
}

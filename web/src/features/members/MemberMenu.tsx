import { i18n, type MessageDescriptor } from '@lingui/core';
import { useState } from 'react';
import { flushSync } from 'react-dom';
import { Button } from '@/components/Button';
import { Dialog } from '@/components/Dialog';
import { type Anchor, Floating } from '@/components/Floating';
import { Icon } from '@/components/Icon';
import type { Member, Room } from '@/protocol/ops.gen';
import { useChat } from '@/state/context';
import { may, outranks, type Role } from '@/state/rights';
import { MenuRow } from '../rooms/MenuRow';
import { useSaving } from '../settings/useSaving';

const MUTES: { ms: number; name: MessageDescriptor }[] = [
  { ms: 3_600_000, name: /*i18n*/ { id: 'Mute for an hour' } },
  { ms: 86_400_000, name: /*i18n*/ { id: 'Mute for a day' } },
];

/** What a moderator can do about a member; nothing is shown where there is nothing. */
export function MemberMenu({ room, member, onDone }: { room: Room; member: Member; onDone: () => void }) {
  const chat = useChat();
  const saving = useSaving();
  const [anchor, setAnchor] = useState<Anchor>();
  const [asking, setAsking] = useState<'remove' | 'ban'>();
  const { user, role } = member;
  const person = user.display_name;
  const params = { room: room.id, user: user.id };
  const reach = user.id !== chat.me.id && outranks(room, role) && room.archived_at === undefined;
  const roles = reach && may(room, 'set_role');
  const mutes = reach && may(room, 'mute');
  const kicks = reach && may(room, 'kick');
  const bans = reach && may(room, 'ban');
  if (!roles && !mutes && !kicks && !bans) return null;
  const muted = (member.muted_until ?? 0) > Date.now();
  const close = (): void => setAnchor(undefined);
  const run = (work: () => Promise<unknown>): void =>
    saving.save(async () => {
      await work();
      setAsking(undefined);
      onDone();
    });
  const then = (act: () => void) => (): void => {
    flushSync(close);
    act();
  };
  const give = (to: Role) =>
    then(() => run(() => chat.api.call('PUT /rooms/{room}/members/{user}', { params, body: { role: to } })));
  const mute = (until: number) =>
    then(() => run(() => chat.api.call('PUT /rooms/{room}/members/{user}/mute', { params, body: { until } })));
  return (
    <>
      <button
        type="button"
        className="btn-icon btn-icon-s member-more"
        aria-label={i18n.t('What can be done about {person}', { person })}
        aria-haspopup="dialog"
        onClick={(event) => {
          const { left, top, right, bottom } = event.currentTarget.getBoundingClientRect();
          setAnchor({ left, top, right, bottom });
        }}
      >
        <Icon name={saving.error === undefined ? 'more' : 'alert'} size={17} />
      </button>
      {anchor !== undefined && (
        <Floating
          label={i18n.t('About {person}', { person })}
          anchor={anchor}
          onClose={close}
          className="menu-floating"
        >
          <div className="menu">
            {saving.error !== undefined && <p className="menu-error">{saving.error.message}</p>}
            {roles && role !== 'moderator' && (
              <MenuRow icon="key" onClick={give('moderator')}>
                {i18n.t('Make moderator')}
              </MenuRow>
            )}
            {roles && role !== 'member' && (
              <MenuRow icon="people" onClick={give('member')}>
                {i18n.t('Make member')}
              </MenuRow>
            )}
            {mutes && muted && (
              <MenuRow icon="bell" onClick={mute(0)}>
                {i18n.t('Let write again')}
              </MenuRow>
            )}
            {mutes &&
              !muted &&
              MUTES.map(({ ms, name }) => (
                <MenuRow key={ms} icon="bell_off" onClick={then(() => mute(Date.now() + ms)())}>
                  {i18n.t(name)}
                </MenuRow>
              ))}
            {kicks && (
              <MenuRow icon="leave" danger onClick={then(() => setAsking('remove'))}>
                {i18n.t('Remove from the room')}
              </MenuRow>
            )}
            {bans && (
              <MenuRow icon="ban" danger onClick={then(() => setAsking('ban'))}>
                {i18n.t('Ban from the room')}
              </MenuRow>
            )}
          </div>
        </Floating>
      )}
      {asking !== undefined && (
        <Dialog
          title={asking === 'ban' ? i18n.t('Ban {person}?', { person }) : i18n.t('Remove {person}?', { person })}
          onClose={() => setAsking(undefined)}
        >
          <p>
            {asking === 'ban'
              ? i18n.t('They are out of the room and cannot come back until the ban is taken back.')
              : room.kind === 'public'
                ? i18n.t('They can join again at any time.')
                : i18n.t('Somebody in it has to add them again before they can come back.')}
          </p>
          {saving.error !== undefined && (
            <p className="field-error" role="alert">
              {saving.error.message}
            </p>
          )}
          <div className="sheet-foot">
            <button type="button" className="btn btn-quiet" onClick={() => setAsking(undefined)} data-autofocus>
              {i18n.t('Cancel')}
            </button>
            <Button
              type="button"
              className="btn btn-danger"
              off={saving.busy}
              onClick={() =>
                run(() =>
                  asking === 'ban'
                    ? chat.api.call('PUT /rooms/{room}/bans/{user}', { params })
                    : chat.api.call('DELETE /rooms/{room}/members/{user}', { params }),
                )
              }
            >
              {asking === 'ban' ? i18n.t('Ban') : i18n.t('Remove')}
            </Button>
          </div>
        </Dialog>
      )}
    </>
  );
}

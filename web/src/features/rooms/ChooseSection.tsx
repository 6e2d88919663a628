import { i18n } from '@lingui/core';
import { useState } from 'react';
import { Button } from '@/components/Button';
import { Dialog } from '@/components/Dialog';
import { Icon } from '@/components/Icon';
import type { Room } from '@/protocol/ops.gen';
import { useChat, useStore } from '@/state/context';
import { roomName } from '@/state/names';
import { sectionNames } from './sections';

/** Where a room stands in my list. */
export function ChooseSection(props: { room: Room; onChoose: (section: string) => void; onClose: () => void }) {
  const chat = useChat();
  const names = sectionNames(useStore(chat.list.rooms).values());
  const [name, setName] = useState('');
  const { room } = props;
  const current = room.section ?? '';
  return (
    <Dialog title={i18n.t('Where {room} stands', { room: roomName(room) })} onClose={props.onClose}>
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
                <bdi className="pick-name">{one === '' ? i18n.t('In no section') : one}</bdi>
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
          aria-label={i18n.t('Name of a new section')}
          placeholder={i18n.t('A new section')}
          maxLength={40}
          value={name}
          onChange={(event) => setName(event.target.value)}
        />
        <Button type="submit" className="btn btn-primary" off={name.trim() === ''}>
          {i18n.t('Move there')}
        </Button>
      </form>
    </Dialog>
  );
}

import { i18n } from '@lingui/core';
import { type FormEvent, useState } from 'react';
import { Button } from '@/components/Button';
import { Field } from '@/components/Field';
import type { Rest } from '@/protocol/ops.gen';
import { useChat } from '@/state/context';
import { may } from '@/state/rights';
import { PictureField } from '../faces/PictureField';
import { SaveRow } from '../settings/SaveRow';
import { useSaving } from '../settings/useSaving';
import { durationWords } from './durations';
import { RetentionRow } from './RetentionRow';
import type { RoomPartProps } from './RoomSettings';
import { RoomSign } from './RoomSign';

const PAUSES_S = [0, 5, 10, 30, 60, 300, 900, 3_600, 21_600];

export function GeneralPart({ room }: RoomPartProps) {
  const chat = useChat();
  const saving = useSaving();
  const [name, setName] = useState(room.name);
  const [topic, setTopic] = useState(room.topic);
  const [description, setDescription] = useState(room.description ?? '');
  const settings = may(room, 'settings') && room.archived_at === undefined;
  const open = may(room, 'open') && room.archived_at === undefined;
  const change = (body: Rest['PATCH /rooms/{room}']['body']): void =>
    saving.save(async () => {
      await chat.api.call('PATCH /rooms/{room}', { params: { room: room.id }, body });
    });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    change({ name: name.trim(), topic: topic.trim(), description: description.trim() });
  };
  const of_name = saving.error?.code === 'name_taken' || saving.error?.code === 'name_invalid';
  return (
    <form onSubmit={submit}>
      {(settings || room.picture !== undefined) && (
        <div className="profile-badge">
          <PictureField
            title={i18n.t('Picture of the room')}
            has={room.picture !== undefined}
            disabled={!settings}
            onUse={async (picture) => {
              await chat.api.call('PATCH /rooms/{room}', { params: { room: room.id }, body: { picture } });
            }}
          >
            <RoomSign room={room} size={26} className="intro-badge" />
          </PictureField>
        </div>
      )}
      <Field
        label={i18n.t('Name')}
        value={name}
        maxLength={80}
        required={room.kind !== 'group'}
        disabled={!settings}
        autoComplete="off"
        error={of_name ? saving.error?.message : undefined}
        onChange={(event) => setName(event.target.value)}
      />
      <Field
        label={i18n.t('Topic')}
        value={topic}
        maxLength={250}
        disabled={!settings}
        autoComplete="off"
        placeholder={i18n.t('What it is about, in a line')}
        onChange={(event) => setTopic(event.target.value)}
      />
      <div className="field">
        <label className="form-label" htmlFor="room-description">
          {i18n.t('Description')}
        </label>
        <textarea
          id="room-description"
          className="form-control"
          rows={3}
          maxLength={1_000}
          value={description}
          disabled={!settings}
          placeholder={i18n.t('What belongs here, and how people go about it')}
          onChange={(event) => setDescription(event.target.value)}
        />
      </div>
      {settings && (
        <SaveRow saving={of_name ? { ...saving, error: undefined } : saving}>
          <Button type="submit" className="btn btn-primary" off={saving.busy}>
            {i18n.t('Save')}
          </Button>
        </SaveRow>
      )}
      {room.kind !== 'group' && (
        <>
          <h3 className="settings-sub">{i18n.t('Who writes, and how often')}</h3>
          <label className="switch-row">
            <input
              type="checkbox"
              className="form-check-input"
              checked={room.announcement === true}
              disabled={!open}
              onChange={(event) => change({ announcement: event.target.checked })}
            />
            <span>
              {i18n.t('Announcements only')}
              <small>{i18n.t('Moderators write; everybody reads, reacts and answers in threads.')}</small>
            </span>
          </label>
          {room.everyone !== true && (
            <label className="switch-row">
              <input
                type="checkbox"
                className="form-check-input"
                checked={room.kind === 'public'}
                disabled={!open}
                onChange={(event) => change({ kind: event.target.checked ? 'public' : 'private' })}
              />
              <span>
                {i18n.t('Public')}
                <small>{i18n.t('Anyone here can find and join it, and read what was written before.')}</small>
              </span>
            </label>
          )}
        </>
      )}
      <label className="select-row">
        <span>
          {i18n.t('Slow mode')}
          <small>{i18n.t('How long a member waits between two messages.')}</small>
        </span>
        <select
          className="form-select"
          value={room.slow_mode_s ?? 0}
          disabled={!settings}
          onChange={(event) => change({ slow_mode_s: Number(event.target.value) })}
        >
          {PAUSES_S.map((pause) => (
            <option key={pause} value={pause}>
              {pause === 0 ? i18n.t({ id: 'Off', comment: 'Slow mode' }) : durationWords(pause)}
            </option>
          ))}
        </select>
      </label>
      <RetentionRow
        days={room.retention_days ?? 0}
        none={i18n.t('As long as on the whole server')}
        disabled={!open}
        onChange={(retention_days) => change({ retention_days })}
      />
    </form>
  );
}

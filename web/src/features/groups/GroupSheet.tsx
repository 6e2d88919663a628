import { i18n } from '@lingui/core';
import { type FormEvent, useState } from 'react';
import { Button } from '@/components/Button';
import { Dialog } from '@/components/Dialog';
import { Field } from '@/components/Field';
import { Icon } from '@/components/Icon';
import type { User, UserGroup } from '@/protocol/ops.gen';
import { useChat, useStore } from '@/state/context';
import { Sure } from '../admin/Sure';
import { FindPerson } from '../rooms/FindPerson';
import { SaveRow } from '../settings/SaveRow';
import { useSaving } from '../settings/useSaving';
import { groupsOf } from './book';
import { GroupMembers, peopleWords } from './GroupMembers';

/** One group: who is in it, and for who may change it its names and people. */
export function GroupSheet({ group, onClose }: { group: UserGroup; onClose: () => void }) {
  const chat = useChat();
  const { me, api } = chat;
  const mine = useStore(chat.account.me)?.groups?.includes(group.id) === true;
  const acts = useSaving();
  const [turn, setTurn] = useState(0);
  const [asking, setAsking] = useState<'add' | 'end'>();
  const may = group.may_change === true;
  const done = async (): Promise<void> => {
    await groupsOf(chat).refresh();
    setTurn((before) => before + 1);
  };
  const add = (user: User): void => {
    acts.save(async () => {
      await api.call('POST /groups/{group}/members', { params: { group: group.id }, body: { users: [user.id] } });
      await done();
      setAsking(undefined);
    });
  };
  const remove = (user: string): void => {
    acts.save(async () => {
      await api.call('DELETE /groups/{group}/members/{user}', { params: { group: group.id, user } });
      await done();
    });
  };
  return (
    <Dialog title={group.title} onClose={onClose}>
      <div className="sheet-form">
        <p className="form-text">
          <bdi>@{group.handle}</bdi> · {peopleWords(group.people)}
        </p>
        {may && <Names group={group} />}
        {asking === undefined && acts.error !== undefined && (
          <p className="field-error" role="alert">
            {acts.error.message}
          </p>
        )}
        <GroupMembers
          id={group.id}
          turn={turn}
          end={(user) =>
            may && (
              <Button
                type="button"
                className="btn-icon"
                off={acts.busy}
                aria-label={i18n.t('Remove {name}', { name: user.display_name })}
                title={i18n.t('Remove')}
                onClick={() => remove(user.id)}
              >
                <Icon name="close" size={17} />
              </Button>
            )
          }
        />
        <div className="sheet-foot">
          {may && (
            <button type="button" className="btn btn-quiet" onClick={() => setAsking('end')}>
              {i18n.t('Delete the group')}
            </button>
          )}
          {mine && !may && (
            <Button type="button" className="btn btn-quiet" off={acts.busy} onClick={() => remove(me.id)}>
              {i18n.t('Leave the group')}
            </Button>
          )}
          {may && !mine && (
            <Button type="button" className="btn btn-quiet" off={acts.busy} onClick={() => add(me)}>
              {i18n.t('Add me')}
            </Button>
          )}
          {may && (
            <button type="button" className="btn btn-primary" onClick={() => setAsking('add')}>
              {i18n.t('Add a person')}
            </button>
          )}
        </div>
      </div>
      {asking === 'add' && (
        <FindPerson
          title={i18n.t('Add a person to {room}', { room: group.title })}
          error={acts.error?.message}
          onPick={add}
          onClose={() => setAsking(undefined)}
        />
      )}
      {asking === 'end' && <EndGroup group={group} onClose={() => setAsking(undefined)} />}
    </Dialog>
  );
}

function Names({ group }: { group: UserGroup }) {
  const chat = useChat();
  const saving = useSaving();
  const [title, setTitle] = useState(group.title);
  const [handle, setHandle] = useState(group.handle);
  const same = title.trim() === group.title && handle.trim() === group.handle;
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    saving.save(async () => {
      const wanted = handle.trim().replace(/^@/, '');
      const body = { title: title.trim(), ...(wanted === group.handle ? {} : { handle: wanted }) };
      const fresh = await chat.api.call('PATCH /groups/{group}', { params: { group: group.id }, body });
      setTitle(fresh.title);
      setHandle(fresh.handle);
      await groupsOf(chat).refresh();
    });
  };
  return (
    <form className="group-new" onSubmit={submit}>
      <Field
        label={i18n.t('Name of the group')}
        value={title}
        maxLength={80}
        required
        autoComplete="off"
        onChange={(event) => setTitle(event.target.value)}
      />
      <Field
        label={i18n.t('Called by')}
        value={handle}
        maxLength={40}
        required
        dir="ltr"
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        hint={i18n.t('Messages keep the name they were written with.')}
        onChange={(event) => setHandle(event.target.value)}
      />
      <SaveRow saving={saving}>
        <Button type="submit" className="btn btn-quiet" off={saving.busy || same}>
          {i18n.t('Save')}
        </Button>
      </SaveRow>
    </form>
  );
}

function EndGroup({ group, onClose }: { group: UserGroup; onClose: () => void }) {
  const chat = useChat();
  const saving = useSaving();
  return (
    <Sure
      title={i18n.t('Delete {name}?', { name: group.title })}
      yes={i18n.t('Delete the group')}
      danger
      busy={saving.busy}
      error={saving.error?.message}
      onYes={() =>
        saving.save(async () => {
          await chat.api.call('DELETE /groups/{group}', { params: { group: group.id } });
          await groupsOf(chat).refresh();
        })
      }
      onClose={onClose}
    >
      {i18n.t('Nobody is called by @{handle} any more. What was written with it stays.', { handle: group.handle })}
    </Sure>
  );
}

import { i18n } from '@lingui/core';
import { Trans } from '@lingui/react';
import { type FormEvent, useEffect, useState } from 'react';
import { saidOf } from '@/client/error';
import { Button } from '@/components/Button';
import { Empty } from '@/components/Empty';
import { Field } from '@/components/Field';
import { Icon } from '@/components/Icon';
import { SkeletonRows } from '@/components/Skeleton';
import type { UserGroup } from '@/protocol/ops.gen';
import { useChat, useStore } from '@/state/context';
import { useSaving } from '../settings/useSaving';
import { groupsOf } from './book';
import { peopleWords } from './GroupMembers';
import { GroupSheet } from './GroupSheet';
import './groups.css';

/** All groups of people; those that I may change are changed here, and new ones made. */
export function GroupsPart() {
  const book = groupsOf(useChat());
  const list = useStore(book.list);
  const [error, setError] = useState<string>();
  const [shown, setShown] = useState<string>();
  useEffect(() => {
    book.refresh().then(
      () => setError(undefined),
      (cause: unknown) => setError(saidOf(cause)),
    );
  }, [book]);
  const open = list?.groups.find((group) => group.id === shown);
  return (
    <>
      <p className="form-text">
        <Trans
          id="A message with <0>@name</0> calls everybody of a group who is in the room."
          components={{ 0: <code /> }}
        />
      </p>
      {list?.may_make === true && <NewGroup onMade={setShown} />}
      {error !== undefined && (
        <p className="field-error" role="alert">
          {error}
        </p>
      )}
      {list === undefined && error === undefined && <SkeletonRows count={4} tall />}
      {list?.groups.length === 0 && (
        <Empty icon="people" title={i18n.t('No groups yet')}>
          <p>
            {list.may_make
              ? i18n.t('Give several people one name, and call them together.')
              : i18n.t('Who looks after the server can make one.')}
          </p>
        </Empty>
      )}
      <ul className="group-rows">
        {list?.groups.map((group) => (
          <li key={group.id}>
            <GroupRow group={group} onOpen={() => setShown(group.id)} />
          </li>
        ))}
      </ul>
      {open !== undefined && <GroupSheet key={open.id} group={open} onClose={() => setShown(undefined)} />}
    </>
  );
}

function GroupRow({ group, onOpen }: { group: UserGroup; onOpen: () => void }) {
  const mine = useStore(useChat().account.me)?.groups?.includes(group.id) === true;
  return (
    <button type="button" className="pick pick-button" aria-haspopup="dialog" onClick={onOpen}>
      <span className="group-sign">
        <Icon name="people" />
      </span>
      <span className="pick-text">
        <span className="pick-name" dir="auto">
          <bdi>{group.title}</bdi>
        </span>
        <small>
          <bdi>@{group.handle}</bdi> · {peopleWords(group.people)}
          {mine && ` · ${i18n.t('you are in it')}`}
        </small>
      </span>
    </button>
  );
}

function NewGroup({ onMade }: { onMade: (id: string) => void }) {
  const chat = useChat();
  const saving = useSaving();
  const [handle, setHandle] = useState('');
  const [title, setTitle] = useState('');
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    saving.save(async () => {
      const made = await chat.api.call('POST /groups', {
        body: { handle: handle.trim().replace(/^@/, ''), title: title.trim() },
      });
      await groupsOf(chat).refresh();
      setHandle('');
      setTitle('');
      onMade(made.id);
    });
  };
  const wrong = saving.error;
  const of_title = wrong?.code === 'name_invalid';
  return (
    <form className="group-new" onSubmit={submit}>
      <Field
        label={i18n.t('Name of the group')}
        value={title}
        maxLength={80}
        required
        autoComplete="off"
        error={of_title ? wrong.message : undefined}
        onChange={(event) => setTitle(event.target.value)}
      />
      <Field
        label={i18n.t('Called by')}
        value={handle}
        placeholder="@design"
        maxLength={40}
        required
        dir="ltr"
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        error={of_title ? undefined : wrong?.message}
        onChange={(event) => setHandle(event.target.value)}
      />
      <div className="sheet-foot">
        <Button type="submit" className="btn btn-primary" off={saving.busy}>
          {i18n.t('Make the group')}
        </Button>
      </div>
    </form>
  );
}

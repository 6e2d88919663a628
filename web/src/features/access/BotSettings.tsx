import { i18n } from '@lingui/core';
import { type FormEvent, useEffect, useState } from 'react';
import { ApiError } from '@/client/error';
import { Button } from '@/components/Button';
import { Dialog } from '@/components/Dialog';
import { Field } from '@/components/Field';
import { Icon } from '@/components/Icon';
import { SkeletonRows } from '@/components/Skeleton';
import type { User } from '@/protocol/ops.gen';
import { useChat } from '@/state/context';
import { BotSign, PersonAvatar } from '../people/Signs';
import { SaveRow } from '../settings/SaveRow';
import { useSaving } from '../settings/useSaving';
import { Tokens } from './Tokens';
import '@/styles/access.css';

/** My bots: programs that take part as users of their own. */
export function BotSettings() {
  const { bots, setBots, error } = useBots();
  const [making, setMaking] = useState(false);
  const [shown, setShown] = useState<string>();
  const bot = bots?.find((one) => one.id === shown);
  if (bot !== undefined)
    return (
      <OneBot
        key={bot.id}
        bot={bot}
        onChanged={(next) => setBots((before) => before?.map((one) => (one.id === next.id ? next : one)))}
        onDeleted={() => setBots((before) => before?.filter((one) => one.id !== bot.id))}
        onBack={() => setShown(undefined)}
      />
    );
  const made = (next: User): void => {
    setBots((before) => [...(before ?? []), next]);
    setMaking(false);
    setShown(next.id);
  };
  return (
    <>
      <p className="settings-lead">
        {i18n.t(
          'A bot is a program with a name of its own. Give it a token, add it to rooms like a person, and it reads and ' +
            'writes there. It stops when you delete it, or when your account ends.',
        )}
      </p>
      {error !== undefined && (
        <p className="field-error" role="alert">
          {error}
        </p>
      )}
      {bots === undefined && error === undefined && <SkeletonRows count={2} />}
      {bots?.length === 0 && <p className="settings-none">{i18n.t('You have none.')}</p>}
      {bots !== undefined && bots.length > 0 && (
        <ul className="pick-list access-list" aria-label={i18n.t('My bots')}>
          {bots.map((one) => (
            <li key={one.id}>
              <button type="button" className="pick pick-button" onClick={() => setShown(one.id)}>
                <PersonAvatar id={one.id} name={one.display_name} />
                <span className="pick-text">
                  <span className="pick-name">
                    <bdi>{one.display_name}</bdi> <BotSign user={one} />
                  </span>
                  <small>
                    <bdi>@{one.username}</bdi>
                  </small>
                </span>
                <span className="access-open">
                  <Icon name="fold" size={17} />
                </span>
              </button>
            </li>
          ))}
        </ul>
      )}
      <button type="button" className="btn btn-primary" onClick={() => setMaking(true)}>
        <Icon name="plus" size={17} />
        {i18n.t('New bot')}
      </button>
      {making && <MakeBot onMade={made} onClose={() => setMaking(false)} />}
    </>
  );
}

function useBots() {
  const chat = useChat();
  const [bots, setBots] = useState<User[]>();
  const [error, setError] = useState<string>();
  useEffect(() => {
    const giveUp = new AbortController();
    chat.api.call('GET /bots', { signal: giveUp.signal }).then(
      (reply) => setBots(reply.bots),
      (cause: unknown) => {
        if (cause instanceof ApiError && cause.code !== 'aborted') setError(cause.message);
      },
    );
    return () => giveUp.abort();
  }, [chat]);
  return { bots, setBots, error };
}

interface OneProps {
  bot: User;
  onChanged: (bot: User) => void;
  onDeleted: () => void;
  onBack: () => void;
}

/** A bot's name, its tokens, and its end. */
function OneBot({ bot, onChanged, onDeleted, onBack }: OneProps) {
  const chat = useChat();
  const saving = useSaving();
  const [name, setName] = useState(bot.display_name);
  const [ending, setEnding] = useState(false);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    saving.save(async () => {
      const params = { bot: bot.id };
      const next = await chat.api.call('PATCH /bots/{bot}', { params, body: { display_name: name } });
      chat.people.put([next]);
      onChanged(next);
    });
  };
  return (
    <>
      <button type="button" className="btn btn-quiet access-back" onClick={onBack}>
        <span className="flips">
          <Icon name="back" size={17} />
        </span>
        {i18n.t('All bots')}
      </button>
      <div className="access-bot">
        <PersonAvatar id={bot.id} name={bot.display_name} size="l" />
        <div className="person-names">
          <h3 className="access-bot-name">
            <bdi>{bot.display_name}</bdi> <BotSign user={bot} />
          </h3>
          <p>
            <bdi>@{bot.username}</bdi>
          </p>
        </div>
      </div>
      <form onSubmit={submit}>
        <Field label={i18n.t('Name')} value={name} maxLength={80} onChange={(event) => setName(event.target.value)} />
        <SaveRow saving={saving}>
          <Button type="submit" className="btn btn-quiet" off={saving.busy || name.trim() === ''}>
            {i18n.t('Rename')}
          </Button>
        </SaveRow>
      </form>
      <h3 className="settings-sub">{i18n.t('Its access tokens')}</h3>
      <Tokens bot={bot.id} />
      <h3 className="settings-sub">{i18n.t('Delete')}</h3>
      <p className="settings-lead">
        {i18n.t('It is logged out everywhere. What it wrote stays; its user name stays taken.')}
      </p>
      <button type="button" className="btn btn-danger" onClick={() => setEnding(true)}>
        {i18n.t('Delete this bot')}
      </button>
      {ending && <EndBot bot={bot} onDeleted={onDeleted} onClose={() => setEnding(false)} />}
    </>
  );
}

function EndBot({ bot, onDeleted, onClose }: { bot: User; onDeleted: () => void; onClose: () => void }) {
  const chat = useChat();
  const saving = useSaving();
  const end = (): void =>
    saving.save(async () => {
      await chat.api.call('DELETE /bots/{bot}', { params: { bot: bot.id } });
      onDeleted();
    });
  return (
    <Dialog title={i18n.t('Delete {name}?', { name: bot.display_name })} onClose={onClose}>
      <p className="form-text">{i18n.t('Its tokens are revoked at once. It cannot be brought back.')}</p>
      {saving.error !== undefined && (
        <p className="field-error" role="alert">
          {saving.error.message}
        </p>
      )}
      <div className="sheet-foot">
        <button type="button" className="btn btn-quiet" onClick={onClose} data-autofocus>
          {i18n.t('Keep')}
        </button>
        <Button type="button" className="btn btn-danger" off={saving.busy} onClick={end}>
          {i18n.t('Delete')}
        </Button>
      </div>
    </Dialog>
  );
}

function MakeBot({ onMade, onClose }: { onMade: (bot: User) => void; onClose: () => void }) {
  const chat = useChat();
  const saving = useSaving();
  const [username, setUsername] = useState('');
  const [name, setName] = useState('');
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const shown = name.trim() === '' ? {} : { display_name: name };
    saving.save(async () => {
      const bot = await chat.api.call('POST /bots', { body: { username, ...shown } });
      chat.people.put([bot]);
      onMade(bot);
    });
  };
  const of_name = saving.error?.code === 'name_invalid';
  return (
    <Dialog title={i18n.t('New bot')} onClose={onClose}>
      <form onSubmit={submit}>
        <Field
          label={i18n.t('User name')}
          value={username}
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          placeholder={i18n.t('build-bot')}
          data-autofocus
          hint={i18n.t('What people type to find it. It cannot be changed later.')}
          error={of_name ? undefined : saving.error?.message}
          onChange={(event) => setUsername(event.target.value)}
        />
        <Field
          label={i18n.t('Name')}
          value={name}
          maxLength={80}
          autoComplete="off"
          placeholder={i18n.t('Build bot')}
          error={of_name ? saving.error?.message : undefined}
          onChange={(event) => setName(event.target.value)}
        />
        <div className="sheet-foot">
          <button type="button" className="btn btn-quiet" onClick={onClose}>
            {i18n.t('Cancel')}
          </button>
          <Button type="submit" className="btn btn-primary" off={saving.busy || username.trim() === ''}>
            {i18n.t('Make bot')}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

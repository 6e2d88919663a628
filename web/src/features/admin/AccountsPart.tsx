import { i18n, type MessageDescriptor } from '@lingui/core';
import { useState } from 'react';
import { type Anchor, Floating } from '@/components/Floating';
import { Icon } from '@/components/Icon';
import { ago } from '@/lib/time';
import type { Account, Rest } from '@/protocol/ops.gen';
import { useChat } from '@/state/context';
import { PersonAvatar } from '../people/Signs';
import { MenuRow } from '../rooms/MenuRow';
import { useSaving } from '../settings/useSaving';
import { Pages } from './Pages';
import { Sure } from './Sure';
import { usePages } from './usePages';

const PAGE = 50;

type Only = NonNullable<NonNullable<Rest['GET /admin/users']['query']>['only']>;
type Act = 'disable' | 'enable' | 'make_admin' | 'end_admin' | 'log_out';

const ONLY: { only: Only; name: MessageDescriptor }[] = [
  { only: 'all', name: /*i18n*/ { id: 'Everybody' } },
  { only: 'admins', name: /*i18n*/ { id: 'Admins' } },
  { only: 'disabled', name: /*i18n*/ { id: 'Disabled' } },
];

/** Everybody who has an account, and what can be done with it. */
export function AccountsPart() {
  const chat = useChat();
  const [query, setQuery] = useState('');
  const [only, setOnly] = useState<Only>('all');
  const asked = query.trim().replace(/^@/, '');
  const pages = usePages<Account>(`${only} ${asked}`, async (held, signal) => {
    const after = held.at(-1)?.user.id;
    const given = {
      only,
      limit: PAGE,
      ...(asked === '' ? {} : { query: asked }),
      ...(after === undefined ? {} : { after }),
    };
    const { accounts, complete } = await chat.api.call('GET /admin/users', { query: given, signal });
    return { rows: accounts, complete };
  });
  return (
    <>
      <div className="admin-bar">
        <input
          type="search"
          className="form-control"
          placeholder={i18n.t('Find by name or user name')}
          aria-label={i18n.t('Find by name or user name')}
          value={query}
          onChange={(event) => setQuery(event.target.value)}
        />
        <select
          className="form-select"
          aria-label={i18n.t('Which people')}
          value={only}
          onChange={(event) => setOnly(event.target.value as Only)}
        >
          {ONLY.map((one) => (
            <option key={one.only} value={one.only}>
              {i18n.t(one.name)}
            </option>
          ))}
        </select>
      </div>
      <Pages
        pages={pages}
        icon="search"
        none={i18n.t('There is nobody like that.')}
        hint={i18n.t('A part of a name is enough.')}
      >
        <ul className="admin-rows">
          {pages.rows?.map((account) => (
            <AccountRow
              key={account.user.id}
              account={account}
              onChanged={(fresh) =>
                pages.change((rows) => rows.map((row) => (row.user.id === fresh.user.id ? fresh : row)))
              }
            />
          ))}
        </ul>
      </Pages>
    </>
  );
}

function AccountRow({ account, onChanged }: { account: Account; onChanged: (fresh: Account) => void }) {
  const { me } = useChat();
  const [anchor, setAnchor] = useState<Anchor>();
  const [asking, setAsking] = useState<Act>();
  const { user, admin = false, disabled_at, sessions, last_used_at } = account;
  const disabled = disabled_at !== undefined;
  const facts = [
    user.id === me.id ? i18n.t('you') : undefined,
    disabled ? undefined : i18n.t('{count, plural, one {# login} other {# logins}}', { count: sessions }),
    last_used_at === undefined
      ? undefined
      : i18n.t({
          id: 'last {when}',
          comment: 'When somebody was last logged in.',
          values: { when: ago(last_used_at, Date.now()) },
        }),
  ];
  const pick = (act: Act): void => {
    setAnchor(undefined);
    setAsking(act);
  };
  return (
    <li className={disabled ? 'admin-row is-off' : 'admin-row'}>
      <PersonAvatar id={user.id} name={user.display_name} />
      <span className="pick-text">
        <span className="pick-name">
          <bdi>{user.display_name}</bdi>
          {admin && <span className="mark-word">{i18n.t('admin')}</span>}
          {disabled && <span className="mark-word is-bad">{i18n.t('disabled')}</span>}
        </span>
        <small>
          <bdi>@{user.username}</bdi>
          {facts.map((fact) => (fact === undefined ? '' : ` · ${fact}`))}
        </small>
      </span>
      <button
        type="button"
        className="btn-icon"
        aria-label={i18n.t('What can be done with {name}', { name: user.display_name })}
        aria-haspopup="dialog"
        onClick={(event) => {
          const { left, top, right, bottom } = event.currentTarget.getBoundingClientRect();
          setAnchor({ left, top, right, bottom });
        }}
      >
        <Icon name="more" />
      </button>
      {anchor !== undefined && (
        <Floating
          label={i18n.t('What can be done with {name}', { name: user.display_name })}
          anchor={anchor}
          onClose={() => setAnchor(undefined)}
          className="menu-floating"
        >
          <div className="menu">
            <MenuRow icon="shield" onClick={() => pick(admin ? 'end_admin' : 'make_admin')}>
              {admin ? i18n.t('Make no admin any more') : i18n.t('Make an admin')}
            </MenuRow>
            <MenuRow icon="screen" onClick={() => pick('log_out')}>
              {i18n.t('Log out everywhere')}
            </MenuRow>
            {user.id !== me.id && (
              <MenuRow icon="ban" danger={!disabled} onClick={() => pick(disabled ? 'enable' : 'disable')}>
                {disabled ? i18n.t('Enable the account') : i18n.t('Disable the account')}
              </MenuRow>
            )}
          </div>
        </Floating>
      )}
      {asking !== undefined && (
        <AskAccount act={asking} account={account} onChanged={onChanged} onClose={() => setAsking(undefined)} />
      )}
    </li>
  );
}

interface Asked {
  /** Takes {name}. */
  title: MessageDescriptor;
  says: MessageDescriptor;
  yes: MessageDescriptor;
  danger?: boolean;
}

const ASKED: Record<Act, Asked> = {
  disable: {
    title: /*i18n*/ { id: 'Disable {name}?' },
    says: /*i18n*/ {
      id: 'All logins end within seconds, and none is possible. What was written stays. It can be enabled again.',
    },
    yes: /*i18n*/ { id: 'Disable' },
    danger: true,
  },
  enable: {
    title: /*i18n*/ { id: 'Enable {name} again?' },
    says: /*i18n*/ { id: 'The password is what it was.' },
    yes: /*i18n*/ { id: 'Enable' },
  },
  make_admin: {
    title: /*i18n*/ { id: 'Make {name} an admin?' },
    says: /*i18n*/ {
      id: 'An admin sees this screen, disables accounts, changes the settings of the server, and makes others admin or not.',
    },
    yes: /*i18n*/ { id: 'Make admin' },
  },
  end_admin: {
    title: /*i18n*/ { id: 'Make {name} no admin any more?' },
    says: /*i18n*/ { id: 'It holds at once.' },
    yes: /*i18n*/ { id: 'Take it away' },
    danger: true,
  },
  log_out: {
    title: /*i18n*/ { id: 'Log {name} out everywhere?' },
    says: /*i18n*/ {
      id: 'All logins end within seconds. The password stays what it is, and access tokens and bots go on: those end when the account is disabled.',
    },
    yes: /*i18n*/ { id: 'Log out' },
    danger: true,
  },
};

function AskAccount(props: { act: Act; account: Account; onChanged: (fresh: Account) => void; onClose: () => void }) {
  const { act, account, onChanged, onClose } = props;
  const { api, account: mine, me } = useChat();
  const saving = useSaving();
  const { title, says, yes, danger = false } = ASKED[act];
  const params = { user: account.user.id };
  const run = (): void =>
    saving.save(async () => {
      if (act === 'log_out') await api.call('DELETE /admin/users/{user}/sessions', { params });
      else if (act === 'disable' || act === 'enable')
        await api.call('PATCH /admin/users/{user}', { params, body: { disabled: act === 'disable' } });
      else await api.call('PATCH /admin/users/{user}', { params, body: { admin: act === 'make_admin' } });
      onClose();
      onChanged(after(act, account));
      if (params.user === me.id) mine.refresh();
    });
  return (
    <Sure
      title={i18n.t(title.id, { name: account.user.display_name })}
      yes={i18n.t(yes)}
      danger={danger}
      busy={saving.busy}
      error={saving.error?.message}
      onYes={run}
      onClose={onClose}
    >
      {i18n.t(says)}
    </Sure>
  );
}

/** The account as it is when that is done. */
function after(act: Act, account: Account): Account {
  const { admin: _, disabled_at: __, last_used_at: ___, ...rest } = account;
  const was = { ...(account.admin === true ? { admin: true } : {}) };
  const off = account.disabled_at === undefined ? {} : { disabled_at: account.disabled_at };
  if (act === 'make_admin') return { ...account, admin: true };
  if (act === 'end_admin') return { ...rest, ...off };
  if (act === 'enable') return { ...rest, ...was };
  if (act === 'disable') return { ...rest, ...was, disabled_at: Date.now(), sessions: 0 };
  return { ...rest, ...was, ...off, sessions: 0 };
}

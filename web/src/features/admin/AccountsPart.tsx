import { useState } from 'react';
import { type Anchor, Floating } from '@/components/Floating';
import { Icon } from '@/components/Icon';
import { plural } from '@/lib/text';
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

const ONLY: { only: Only; name: string }[] = [
  { only: 'all', name: 'Everybody' },
  { only: 'admins', name: 'Admins' },
  { only: 'disabled', name: 'Disabled' },
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
          placeholder="Find by name or user name"
          aria-label="Find by name or user name"
          value={query}
          onChange={(event) => setQuery(event.target.value)}
        />
        <select
          className="form-select"
          aria-label="Which people"
          value={only}
          onChange={(event) => setOnly(event.target.value as Only)}
        >
          {ONLY.map((one) => (
            <option key={one.only} value={one.only}>
              {one.name}
            </option>
          ))}
        </select>
      </div>
      <Pages pages={pages} icon="search" none="There is nobody like that.">
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
    `@${user.username}`,
    user.id === me.id ? 'you' : undefined,
    disabled ? undefined : plural(sessions, 'login', 'logins'),
    last_used_at === undefined ? undefined : `last ${ago(last_used_at, Date.now())}`,
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
          {admin && <span className="mark-word">admin</span>}
          {disabled && <span className="mark-word is-bad">disabled</span>}
        </span>
        <small>{facts.filter((fact) => fact !== undefined).join(' · ')}</small>
      </span>
      <button
        type="button"
        className="btn-icon"
        aria-label={`What can be done with ${user.display_name}`}
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
          label={`What can be done with ${user.display_name}`}
          anchor={anchor}
          onClose={() => setAnchor(undefined)}
          className="menu-floating"
        >
          <div className="menu">
            <MenuRow icon="shield" onClick={() => pick(admin ? 'end_admin' : 'make_admin')}>
              {admin ? 'Make no admin any more' : 'Make an admin'}
            </MenuRow>
            <MenuRow icon="screen" onClick={() => pick('log_out')}>
              Log out everywhere
            </MenuRow>
            {user.id !== me.id && (
              <MenuRow icon="ban" danger={!disabled} onClick={() => pick(disabled ? 'enable' : 'disable')}>
                {disabled ? 'Enable the account' : 'Disable the account'}
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

const ASKED: Record<Act, { title: (name: string) => string; says: string; yes: string; danger?: boolean }> = {
  disable: {
    title: (name) => `Disable ${name}?`,
    says: 'All logins end within seconds, and none is possible. What was written stays. It can be enabled again.',
    yes: 'Disable',
    danger: true,
  },
  enable: { title: (name) => `Enable ${name} again?`, says: 'The password is what it was.', yes: 'Enable' },
  make_admin: {
    title: (name) => `Make ${name} an admin?`,
    says: 'An admin sees this screen, disables accounts, changes the settings of the server, and makes others admin or not.',
    yes: 'Make admin',
  },
  end_admin: {
    title: (name) => `Make ${name} no admin any more?`,
    says: 'It holds at once.',
    yes: 'Take it away',
    danger: true,
  },
  log_out: {
    title: (name) => `Log ${name} out everywhere?`,
    says: 'All logins end within seconds. The password stays what it is, and access tokens and bots go on: those end when the account is disabled.',
    yes: 'Log out',
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
      title={title(account.user.display_name)}
      yes={yes}
      danger={danger}
      busy={saving.busy}
      error={saving.error?.message}
      onYes={run}
      onClose={onClose}
    >
      {says}
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

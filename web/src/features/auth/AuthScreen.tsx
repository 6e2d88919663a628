import { i18n } from '@lingui/core';
import { Trans } from '@lingui/react';
import { type FormEvent, useEffect, useState } from 'react';
import { flushSync } from 'react-dom';
import { Link, useLocation } from 'wouter';
import { ApiError } from '@/client/error';
import { Button } from '@/components/Button';
import { Field } from '@/components/Field';
import { Mark } from '@/components/Icon';
import { byteLength } from '@/lib/bytes';
import { beyond, paths } from '@/lib/paths';
import type { Server } from '@/protocol/ops.gen';
import { useAuth, useStore } from '@/state/context';
import { greet } from '@/state/newcomer';
import { useServer } from '@/state/server';
import { PasswordField } from './PasswordField';

const LEAST_BYTES = 8;

type Part = 'username' | 'password' | 'name' | 'form';
/** What is wrong with each part of the form. */
type Wrong = Partial<Record<Part, string>>;

/** As the server has it but for what only it can tell: what names look alike, and which are taken. */
const USERNAME = /^[\p{L}\p{N}][\p{L}\p{M}\p{N}._-]{0,30}[\p{L}\p{M}\p{N}]$/u;

const FIELD_OF: Record<string, Part> = {
  username_taken: 'username',
  username_invalid: 'username',
  password_invalid: 'password',
  password_common: 'password',
  name_invalid: 'name',
};

/** Of registering: why there is no form, in the words of the server's settings. */
const SHUT = {
  closed: /*i18n*/ { id: 'Nobody can make an account on this server at present.' },
  invite: /*i18n*/ { id: 'An account here takes an invitation. Ask who looks after the server for a link.' },
};

/** What an invitation link has behind its hash. */
const invitation = (): string => location.hash.slice(1);

/** Who came for another page than the door gets there, also by making an account first. */
function noteWay(): void {
  const { pathname } = location;
  beyond.path = pathname === paths.login || pathname === paths.register ? paths.home : pathname;
}

/** Logging in and making an account: the same form, with one field more. */
export function AuthScreen({ mode }: { mode: 'login' | 'register' }) {
  const auth = useAuth();
  const state = useStore(auth.state);
  const [username, setUsername] = useState('');
  const [name, setName] = useState('');
  const [password, setPassword] = useState('');
  const [busy, setBusy] = useState(false);
  const [wrong, setWrong] = useState<Wrong>({});
  const [invite] = useState(invitation);
  useState(noteWay);
  const server = useServer();
  const registering = mode === 'register';
  const shut = registering ? shutOf(server, invite) : undefined;

  const place = registering ? i18n.t('Create account') : i18n.t('Log in');
  useEffect(() => {
    if (server === undefined) return;
    document.title = `${place} · ${server.name}`;
    return () => {
      document.title = server.name;
    };
  }, [place, server]);

  const [, go] = useLocation();
  // Nobody has an account yet: there is nothing to log in to.
  useEffect(() => {
    if (!registering && server?.founded === false) go(paths.register, { replace: true });
  }, [registering, server, go]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: an error belongs to the form it came from.
  useEffect(() => setWrong({}), [mode]);

  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    if (busy) return;
    const seen = registering ? wrongBefore(username.trim(), password) : {};
    // What is wrong once more gets the focus once more.
    flushSync(() => setWrong({}));
    setWrong(seen);
    if (Object.keys(seen).length > 0) return;
    setBusy(true);
    try {
      if (registering) await register();
      else await auth.login(username.trim(), password);
    } catch (error) {
      setWrong(wrongOf(error));
      setBusy(false);
    }
  };
  /** What is written anew is not what was wrong. */
  const change =
    (part: Part, set: (text: string) => void) =>
    (text: string): void => {
      set(text);
      setWrong(({ [part]: _, ...rest }) => rest);
    };
  const register = async (): Promise<void> => {
    await auth.register(username.trim(), password, name.trim(), invite);
    const now = auth.state.get();
    if (now.status === 'in') greet(now.user.id);
  };

  return (
    <main className="door">
      <div className="door-card">
        <div className="door-brand">
          <div className="door-sign">
            <Mark size={44} />
            {server !== undefined && <bdi>{server.name === 'Parley' ? 'parley' : server.name}</bdi>}
          </div>
          <h1>{registering ? i18n.t('Join the conversation') : i18n.t('Welcome back')}</h1>
          {shut === undefined && <p>{leadOf(registering, server)}</p>}
        </div>
        {!registering && state.status === 'out' && state.why === 'ended' && Object.keys(wrong).length === 0 && (
          <p className="notice" role="status">
            {i18n.t('Your login has ended. Log in again; what you wrote is kept.')}
          </p>
        )}
        {wrong.form !== undefined && (
          <p className="notice notice-bad" role="alert">
            {wrong.form}
          </p>
        )}
        {shut !== undefined && (
          <p className="notice" role="status">
            {shut}
          </p>
        )}
        <form hidden={shut !== undefined} noValidate={registering} onSubmit={(event) => void submit(event)}>
          <Field
            label={i18n.t('User name')}
            name="username"
            value={username}
            autoComplete="username"
            autoCapitalize="none"
            spellCheck={false}
            autoFocus
            required
            error={wrong.username}
            {...(registering ? { hint: i18n.t('2 to 32 letters, digits, dots, dashes or underscores.') } : {})}
            onChange={(event) => change('username', setUsername)(event.target.value)}
          />
          {registering && (
            <Field
              label={i18n.t('Name shown to others')}
              name="name"
              value={name}
              autoComplete="name"
              placeholder={username.trim() === '' ? i18n.t('optional') : username.trim()}
              maxLength={80}
              error={wrong.name}
              onChange={(event) => change('name', setName)(event.target.value)}
            />
          )}
          <PasswordField
            label={i18n.t('Password')}
            value={password}
            autoComplete={registering ? 'new-password' : 'current-password'}
            error={wrong.password}
            {...(registering ? { hint: i18n.t('At least 8 characters.') } : {})}
            onChange={change('password', setPassword)}
          />
          <Button type="submit" className="btn btn-primary btn-wide" off={busy}>
            {busy ? i18n.t('One moment…') : registering ? i18n.t('Create account') : i18n.t('Log in')}
          </Button>
        </form>
        {(registering || server?.registration !== 'closed') && (
          <p className="door-other">
            {registering ? (
              <Trans id="Have an account? <0>Log in</0>" components={{ 0: <Link href={paths.login} /> }} />
            ) : (
              <Trans id="New here? <0>Create an account</0>" components={{ 0: <Link href={paths.register} /> }} />
            )}
          </p>
        )}
      </div>
    </main>
  );
}

function shutOf(server: Server | undefined, invite: string): string | undefined {
  if (server === undefined || server.registration === 'open') return undefined;
  return server.registration === 'invite' && invite !== '' ? undefined : i18n.t(SHUT[server.registration]);
}

function leadOf(registering: boolean, server: Server | undefined): string {
  if (!registering) return i18n.t('Pick up where you left off.');
  if (server?.founded === false) return i18n.t('You are the first one here: your account looks after the server.');
  if (server?.registration === 'invite') return i18n.t('You are invited. An account takes a name and a password.');
  return i18n.t('An account takes a name and a password. Nothing else.');
}

/** All that can be seen before the server is asked, of every field at once. */
function wrongBefore(username: string, password: string): Wrong {
  return {
    ...(USERNAME.test(username.normalize('NFKC'))
      ? {}
      : { username: i18n.t('A user name has 2 to 32 letters, digits, dots, dashes or underscores of one script.') }),
    ...(byteLength(password) < LEAST_BYTES
      ? { password: i18n.t('Choose a longer password: at least 8 characters.') }
      : {}),
  };
}

function wrongOf(error: unknown): Wrong {
  if (!(error instanceof ApiError)) return { form: i18n.t('Something went wrong. Try again.') };
  return { [FIELD_OF[error.code] ?? 'form']: error.message };
}

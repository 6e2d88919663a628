import { lazy, Suspense, useEffect, useRef, useState } from 'react';
import { Link } from 'wouter';
import { ApiError } from '@/client/error';
import { Icon, type IconName } from '@/components/Icon';
import { paths } from '@/lib/paths';
import { idle } from '@/state/attention';
import { useAuth, useChat, useStore } from '@/state/context';
import { statusOf } from '../people/person';
import { PersonAvatar, signOf } from '../people/Signs';
import { useClock, usePerson } from '../people/usePerson';
import { ThemeSwitch } from './ThemeSwitch';

// They are fetched when they are opened first.
const ChangePassword = lazy(async () => ({ default: (await import('./ChangePassword')).ChangePassword }));
const Logins = lazy(async () => ({ default: (await import('./Logins')).Logins }));
const SetStatus = lazy(async () => ({ default: (await import('./SetStatus')).SetStatus }));

type Sheet = 'password' | 'logins' | 'status';

/** My badge, and behind it what concerns me and this device. */
export function AccountMenu() {
  const chat = useChat();
  const me = usePerson(chat.me.id) ?? chat.me;
  const status = statusOf(me, useClock());
  const auth = useAuth();
  const admin = useStore(chat.account.me)?.admin === true;
  const [open, setOpen] = useState(false);
  const [sheet, setSheet] = useState<Sheet>();
  const box = useRef<HTMLDivElement>(null);
  const away = useStore(idle);
  const [failed, setFailed] = useState<string>();
  const readAll = async (): Promise<void> => {
    try {
      await chat.reading.readAll();
      setFailed(undefined);
      setOpen(false);
    } catch (cause) {
      setFailed(cause instanceof ApiError ? cause.message : 'Something went wrong. Try again.');
    }
  };
  const show = (which: Sheet): void => {
    setOpen(false);
    setSheet(which);
  };
  useEffect(() => {
    if (!open) return;
    const outside = (event: Event): void => {
      if (event.target instanceof Node && box.current?.contains(event.target) !== true) setOpen(false);
    };
    document.addEventListener('pointerdown', outside);
    document.addEventListener('focusin', outside);
    return () => {
      document.removeEventListener('pointerdown', outside);
      document.removeEventListener('focusin', outside);
    };
  }, [open]);
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: Esc closes what is inside, wherever the focus is in it.
    <div
      className="account"
      ref={box}
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || !open) return;
        event.stopPropagation();
        setOpen(false);
        box.current?.querySelector('button')?.focus();
      }}
    >
      <button type="button" className="account-button" aria-expanded={open} onClick={() => setOpen(!open)}>
        <span className="visually-hidden">Account of {me.display_name}, </span>
        <PersonAvatar id={me.id} name={me.display_name} size="s" presence={away ? 'away' : 'online'} />
      </button>
      {open && (
        <div className="account-card">
          <div className="account-who">
            <PersonAvatar id={me.id} name={me.display_name} />
            <span className="pick-text">
              <bdi className="pick-name">{me.display_name}</bdi>
              <small>@{me.username}</small>
            </span>
          </div>
          <button type="button" className="status-row" onClick={() => show('status')}>
            <span aria-hidden="true">{status === undefined ? <Icon name="smile" size={17} /> : signOf(status)}</span>
            <span>{status === undefined ? 'Set a status' : status.text || 'Change my status'}</span>
          </button>
          <ThemeSwitch />
          <Link href={paths.settings()} className="side-row" onClick={() => setOpen(false)}>
            <span className="side-sign">
              <Icon name="settings" size={17} />
            </span>
            <span className="side-name">Settings</span>
          </Link>
          {admin && (
            <Link href={paths.admin()} className="side-row" onClick={() => setOpen(false)}>
              <span className="side-sign">
                <Icon name="shield" size={17} />
              </span>
              <span className="side-name">Administration</span>
            </Link>
          )}
          <MenuRow icon="checks" name="Mark all as read" onClick={() => void readAll()} />
          {failed !== undefined && (
            <p className="field-error" role="alert">
              {failed}
            </p>
          )}
          <MenuRow icon="screen" name="Where I am logged in" onClick={() => show('logins')} />
          <MenuRow icon="key" name="Change password" onClick={() => show('password')} />
          <MenuRow icon="leave" name="Log out" onClick={() => void auth.logout()} />
        </div>
      )}
      <Suspense>
        {sheet === 'status' && <SetStatus onClose={() => setSheet(undefined)} />}
        {sheet === 'logins' && <Logins onClose={() => setSheet(undefined)} />}
        {sheet === 'password' && <ChangePassword onClose={() => setSheet(undefined)} />}
      </Suspense>
    </div>
  );
}

function MenuRow({ icon, name, onClick }: { icon: IconName; name: string; onClick: () => void }) {
  return (
    <button type="button" className="side-row" onClick={onClick}>
      <span className="side-sign">
        <Icon name={icon} size={17} />
      </span>
      <span className="side-name">{name}</span>
    </button>
  );
}

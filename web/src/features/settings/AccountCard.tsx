import { i18n } from '@lingui/core';
import { useState } from 'react';
import { Link } from 'wouter';
import { ApiError } from '@/client/error';
import { Icon, type IconName } from '@/components/Icon';
import { paths } from '@/lib/paths';
import { useAuth, useChat, useStore } from '@/state/context';
import { PersonAvatar, signOf } from '../people/Signs';
import { statusOf } from '../people/told';
import { useClock, usePerson } from '../people/usePerson';
import type { AccountSheet } from './AccountSheets';
import { ThemeSwitch } from './ThemeSwitch';

interface Props {
  /** Closes the card, and gives the focus back. */
  leave: () => void;
  close: () => void;
  show: (which: AccountSheet) => void;
  onKeys: () => void;
}

/** What concerns me and this device. */
export function AccountCard({ leave, close, show, onKeys }: Props) {
  const chat = useChat();
  const me = usePerson(chat.me.id) ?? chat.me;
  const status = statusOf(me, useClock());
  const auth = useAuth();
  const admin = useStore(chat.account.me)?.admin === true;
  const [failed, setFailed] = useState<string>();
  const readAll = async (): Promise<void> => {
    try {
      await chat.reading.readAll();
      setFailed(undefined);
      close();
    } catch (cause) {
      setFailed(cause instanceof ApiError ? cause.message : i18n.t('Something went wrong. Try again.'));
    }
  };
  return (
    <div className="account-card">
      <div className="account-who">
        <PersonAvatar id={me.id} name={me.display_name} />
        <span className="pick-text">
          <bdi className="pick-name">{me.display_name}</bdi>
          <small>
            <bdi>@{me.username}</bdi>
          </small>
        </span>
      </div>
      <button type="button" className="status-row" onClick={() => show('status')}>
        <span aria-hidden="true">{status === undefined ? <Icon name="smile" size={17} /> : signOf(status)}</span>
        <span>{status === undefined ? i18n.t('Set a status') : status.text || i18n.t('Change my status')}</span>
      </button>
      <ThemeSwitch />
      <Link href={paths.settings()} className="side-row" onClick={() => close()}>
        <span className="side-sign">
          <Icon name="settings" size={17} />
        </span>
        <span className="side-name">{i18n.t('Settings')}</span>
      </Link>
      {admin && (
        <Link href={paths.admin()} className="side-row" onClick={() => close()}>
          <span className="side-sign">
            <Icon name="shield" size={17} />
          </span>
          <span className="side-name">{i18n.t('Administration')}</span>
        </Link>
      )}
      <MenuRow icon="checks" name={i18n.t('Mark all as read')} onClick={() => void readAll()} />
      {failed !== undefined && (
        <p className="field-error" role="alert">
          {failed}
        </p>
      )}
      <MenuRow
        icon="keyboard"
        name={i18n.t('Keyboard shortcuts')}
        onClick={() => {
          leave();
          onKeys();
        }}
      />
      <MenuRow icon="screen" name={i18n.t('Where I am logged in')} onClick={() => show('logins')} />
      <MenuRow icon="key" name={i18n.t('Change password')} onClick={() => show('password')} />
      <MenuRow icon="leave" name={i18n.t('Log out')} onClick={() => void auth.logout()} />
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

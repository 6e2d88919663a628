import { useEffect, useRef, useState } from 'react';
import { Avatar } from '@/components/Avatar';
import { Icon } from '@/components/Icon';
import { idle } from '@/state/attention';
import { useAuth, useChat, useStore } from '@/state/context';
import { ChangePassword } from './ChangePassword';
import { ThemeSwitch } from './ThemeSwitch';

/** My badge, and behind it what concerns me and this device. */
export function AccountMenu() {
  const { me } = useChat();
  const auth = useAuth();
  const [open, setOpen] = useState(false);
  const [changing, setChanging] = useState(false);
  const box = useRef<HTMLDivElement>(null);
  const away = useStore(idle);
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
        <Avatar id={me.id} name={me.display_name} size="s" presence={away ? 'away' : 'online'} />
      </button>
      {open && (
        <div className="account-card">
          <div className="account-who">
            <Avatar id={me.id} name={me.display_name} />
            <span className="pick-text">
              <bdi className="pick-name">{me.display_name}</bdi>
              <small>@{me.username}</small>
            </span>
          </div>
          <ThemeSwitch />
          <button
            type="button"
            className="side-row"
            onClick={() => {
              setOpen(false);
              setChanging(true);
            }}
          >
            <span className="side-sign">
              <Icon name="key" size={17} />
            </span>
            <span className="side-name">Change password</span>
          </button>
          <button type="button" className="side-row" onClick={() => void auth.logout()}>
            <span className="side-sign">
              <Icon name="leave" size={17} />
            </span>
            <span className="side-name">Log out</span>
          </button>
        </div>
      )}
      {changing && <ChangePassword onClose={() => setChanging(false)} />}
    </div>
  );
}

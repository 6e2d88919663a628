import { i18n } from '@lingui/core';
import { useEffect, useRef, useState } from 'react';
import { soon } from '@/lib/soon';
import { idle } from '@/state/attention';
import { useChat, useStore } from '@/state/context';
import { PersonAvatar } from '../people/Signs';
import { usePerson } from '../people/usePerson';
import type { AccountSheet } from './AccountSheets';

const AccountCard = soon(async () => (await import('../opened')).AccountCard);
const AccountSheets = soon(async () => (await import('../opened')).AccountSheets);

/** My badge, and behind it what concerns me and this device. */
export function AccountMenu({ onKeys }: { onKeys: () => void }) {
  const chat = useChat();
  const me = usePerson(chat.me.id) ?? chat.me;
  const [open, setOpen] = useState(false);
  const [sheet, setSheet] = useState<AccountSheet>();
  const box = useRef<HTMLDivElement>(null);
  const away = useStore(idle);
  /** What opens gives the focus back to what had it: that must not go with the menu. */
  const leave = (): void => {
    box.current?.querySelector('button')?.focus();
    setOpen(false);
  };
  const show = (which: AccountSheet): void => {
    leave();
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
        <span className="visually-hidden">{i18n.t('Account of {name},', { name: me.display_name })} </span>
        <PersonAvatar id={me.id} name={me.display_name} size="s" presence={away ? 'away' : 'online'} />
      </button>
      {open && <AccountCard leave={leave} close={() => setOpen(false)} show={show} onKeys={onKeys} />}
      {sheet !== undefined && <AccountSheets sheet={sheet} onClose={() => setSheet(undefined)} />}
    </div>
  );
}

import { Store } from '@/lib/store';

export type Permission = 'granted' | 'denied' | 'default' | 'unsupported';

export interface Note {
  /** Of the same tag the last one stands. */
  tag: string;
  title: string;
  body: string;
  /** It makes itself noticed although one of its tag is there. */
  again: boolean;
  onClick: () => void;
  onClose: () => void;
}

/** What shows notifications: a browser's, or a test's. */
export interface Desk {
  permission: Store<Permission>;
  /** Returns what takes it away again; undefined: it cannot be shown. */
  show: (note: Note) => (() => void) | undefined;
}

/** What the browser says of it. Where there is no such thing, as in a page without TLS, it is unsupported. */
export const permission = new Store<Permission>(granted());

function granted(): Permission {
  return 'Notification' in globalThis ? Notification.permission : 'unsupported';
}

/** The browser's own question. To be called by what the person has pressed, never by itself. */
export async function askPermission(): Promise<void> {
  if (!('Notification' in globalThis)) return;
  try {
    await Notification.requestPermission();
  } finally {
    permission.set(granted());
  }
}

/** Hears of what the person changes in the browser's settings. */
export function watchPermission(): void {
  const look = (): void => permission.set(granted());
  addEventListener('focus', look);
  void navigator.permissions?.query({ name: 'notifications' }).then(
    (status) => status.addEventListener('change', look),
    () => {},
  );
}

/** The browser's notifications. Their own sound is off: ours is played, or none. */
export const browserDesk: Desk = {
  permission,
  show: ({ tag, title, body, again, onClick, onClose }) => {
    try {
      // renotify is not in the types: not every browser has it.
      const options: NotificationOptions & { renotify: boolean } = { tag, body, silent: true, renotify: again };
      const shown = new Notification(title, options);
      shown.onclick = () => {
        shown.close();
        window.focus();
        onClick();
      };
      shown.onclose = onClose;
      return () => shown.close();
    } catch {
      // On phones only a service worker may.
      permission.set('unsupported');
      return undefined;
    }
  },
};

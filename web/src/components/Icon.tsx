import { Lazy, useLazy } from '@/lib/lazy';
import type { LATE_PATHS } from './late_icons';

/** Of the first look; the others are fetched when one of them is shown. */
const PATHS = {
  people:
    'M9 11.5a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7M3 20c0-4 3-6 6-6s6 2 6 6M16 5a3.5 3.5 0 0 1 0 6M18 14c2 .6 3.5 2.5 3.5 6',
  search: 'M11 17a6 6 0 1 0 0-12 6 6 0 0 0 0 12M20 20l-4.5-4.5',
  plus: 'M12 5v14M5 12h14',
  send: 'M12 19V5M6 11l6-6 6 6',
  close: 'M6 6l12 12M18 6L6 18',
  back: 'M15 5l-7 7 7 7',
  down: 'M12 5v14M6 13l6 6 6-6',
  hash: 'M9 4L7 20M17 4l-2 16M4.5 9h16M3.5 15h16',
  lock: 'M7 11V8a5 5 0 0 1 10 0v3M6 11h12a1 1 0 0 1 1 1v7a1 1 0 0 1-1 1H6a1 1 0 0 1-1-1v-7a1 1 0 0 1 1-1z',
  compass: 'M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18M15.5 8.5l-2 5-5 2 2-5z',
  lines: 'M5 6h14M5 10h9M5 14h14M5 18h7',
  check: 'M5 13l4.5 4.5L19 7',
  checks: 'M1 13l4 4L13 8M11 16l1.5 1.5L23 7',
  clock: 'M12 20a8 8 0 1 0 0-16 8 8 0 0 0 0 16M12 8v4.5l3 1.5',
  alert: 'M12 4l9 16H3zM12 10v4M12 17.2h.01',
  eye_off:
    'M4 4l16 16M9.5 6c.8-.3 1.6-.5 2.5-.5 6 0 9.5 6.5 9.5 6.5a16 16 0 0 1-2.7 3.4M6.2 7.6A16 16 0 0 0 2.5 12S6 18.5 12 18.5c1.8 0 3.3-.5 4.6-1.3',
  message: 'M5 5h14a1 1 0 0 1 1 1v10a1 1 0 0 1-1 1h-7l-4 4v-4H5a1 1 0 0 1-1-1V6a1 1 0 0 1 1-1z',
  add_person: 'M10 11.5a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7M4 20c0-4 3-6 6-6 1.2 0 2.4.3 3.4.9M18 14v6M15 17h6',
  link: 'M10 14a4 4 0 0 0 6 .4l3-3a4 4 0 0 0-5.7-5.7l-1 1M14 10a4 4 0 0 0-6-.4l-3 3a4 4 0 0 0 5.7 5.7l1-1',
  ban: 'M12 20a8 8 0 1 0 0-16 8 8 0 0 0 0 16M6.3 6.3l11.4 11.4',
  fold: 'M8 10l4 4 4-4',
  archive: 'M4 5h16v4H4zM6 9v10h12V9M10 13h4',
  horn: 'M4 10v4h3l9 4V6l-9 4zM19 9.5a4 4 0 0 1 0 5',
  info: 'M12 20a8 8 0 1 0 0-16 8 8 0 0 0 0 16M12 11v5M12 8.2h.01',
  copy: 'M9 9h10v11H9zM15 9V4H5v11h4',
  settings:
    'M12 15a3 3 0 1 0 0-6 3 3 0 0 0 0 6M12 3v2.5M12 18.5V21M3 12h2.5M18.5 12H21M5.6 5.6l1.8 1.8M16.6 16.6l1.8 1.8M18.4 5.6l-1.8 1.8M7.4 16.6l-1.8 1.8',
  reply: 'M9 6L4 11l5 5M4 11h10a6 6 0 0 1 6 6v1',
  thread: 'M5 5h14a1 1 0 0 1 1 1v9a1 1 0 0 1-1 1h-7l-4 4v-4H5a1 1 0 0 1-1-1V6a1 1 0 0 1 1-1zM8 9h8M8 12h5',
  edit: 'M5 19h4L19 9l-4-4L5 15zM13 7l4 4',
  trash: 'M5 7h14M10 4h4M7 7l1 12a1 1 0 0 0 1 1h6a1 1 0 0 0 1-1l1-12M10 11v5M14 11v5',
  bookmark: 'M7 4h10a1 1 0 0 1 1 1v15l-6-4-6 4V5a1 1 0 0 1 1-1z',
  forward: 'M15 6l5 5-5 5M20 11H10a6 6 0 0 0-6 6v1',
  pin: 'M9 4h6l-1 6 3 3v2H7v-2l3-3zM12 15v5.5',
  bell_off: 'M6.5 9A6 6 0 0 1 18 11v3M6 11v5l-1.5 2H17M10 20.5h4M4 4l16 16',
  file: 'M13 3.5H7a1 1 0 0 0-1 1v15a1 1 0 0 0 1 1h10a1 1 0 0 0 1-1V8.5zM13 3.5v5h5',
  files:
    'M3.5 17l5-5 4 4 3-3 5 5M4.5 5h15a1 1 0 0 1 1 1v12a1 1 0 0 1-1 1h-15a1 1 0 0 1-1-1V6a1 1 0 0 1 1-1zM15.5 9.5h.01',
  signal: 'M5 19v-4M12 19v-9M19 19V5',
  more: 'M5 12a.6.6 0 1 0 1.2 0 .6.6 0 1 0-1.2 0M11.4 12a.6.6 0 1 0 1.2 0 .6.6 0 1 0-1.2 0M17.8 12a.6.6 0 1 0 1.2 0 .6.6 0 1 0-1.2 0',
  inbox: 'M4 13l3-8h10l3 8v5a1 1 0 0 1-1 1H5a1 1 0 0 1-1-1zM4 13h5a3 3 0 0 0 6 0h5',
  activity: 'M3 12h4l3-7 4 14 3-7h4',
  react: 'M19.5 10.5a8 8 0 1 1-6-6M9 10h.01M15 10h.01M8.5 14a4 4 0 0 0 7 0M19 2.5v5M16.5 5h5',
} as const;

type FirstName = keyof typeof PATHS;
type LateName = keyof typeof LATE_PATHS;
export type IconName = FirstName | LateName;

/** What shows several of the others waits for them, so that it comes with all of its icons. */
export const lateIcons = new Lazy(async () => (await import('./late_icons')).LATE_PATHS);

/** Where reading goes from right to left, these point the other way. */
const POINTING: ReadonlySet<IconName> = new Set(['forward', 'reply']);

interface Props {
  name: IconName;
  size?: number;
}

/** A line drawing beside a text, or within a labelled button: it says nothing to a screen reader. */
export function Icon({ name, size = 19 }: Props) {
  return name in PATHS ? (
    <Drawing name={name} size={size} path={PATHS[name as FirstName]} />
  ) : (
    <LateIcon name={name} size={size} />
  );
}

function LateIcon(props: Required<Props>) {
  return <Drawing {...props} path={useLazy(lateIcons)?.[props.name as LateName]} />;
}

function Drawing({ name, size, path }: Required<Props> & { path: string | undefined }) {
  return (
    <svg
      className={POINTING.has(name) ? 'icon flips' : 'icon'}
      viewBox="0 0 24 24"
      width={size}
      height={size}
      aria-hidden="true"
      focusable="false"
    >
      <path d={path} />
    </svg>
  );
}

/** Two speech shapes, the one before the other, that make a P. */
export function Mark({ size = 28 }: { size?: number }) {
  return (
    <svg className="brand-mark" viewBox="0 0 28 28" width={size} height={size} aria-hidden="true" focusable="false">
      <path className="brand-mark-filled" d="M6 3h9a4 4 0 0 1 4 4v5a4 4 0 0 1-4 4H8l-6 5V7a4 4 0 0 1 4-4z" />
      <path className="brand-mark-behind" d="M21 9.2a4 4 0 0 1 5 3.8v13l-6-5h-6.5a4 4 0 0 1-3.8-3H15a6 6 0 0 0 6-6z" />
    </svg>
  );
}

/** Every address of the app. */
export const paths = {
  home: '/',
  login: '/login',
  register: '/register',
  people: (part = '') => (part === '' ? '/people' : `/people/${part}`),
  settings: (part = 'profile') => `/settings/${part}`,
  room: (room: string) => `/r/${room}`,
  message: (room: string, seq: number) => `/r/${room}/m/${seq}`,
  /** A thread by its root, beside its room. */
  thread: (room: string, root: number) => `/r/${room}/t/${root}`,
  threads: '/threads',
  later: (part = '') => (part === '' ? '/later' : `/later/${part}`),
  drafts: '/drafts',
  activity: '/activity',
  inbox: '/unread',
  invite: (token: string) => `/invite/${token}`,
  /** An invitation to make an account: behind the hash, so that no log of a server has it. */
  welcome: (token: string) => `/register#${token}`,
  admin: (part = 'figures') => `/admin/${part}`,
  /** Reported messages: of one room, or of all that I look after. */
  reports: (room?: string) => (room === undefined ? '/reports' : `/reports/${room}`),
};

export const patterns = {
  room: '/r/:room',
  message: '/r/:room/m/:seq',
  thread: '/r/:room/t/:seq',
  settings: '/settings/:part?',
  later: '/later/:part?',
  people: '/people/:part?',
  invite: '/invite/:token',
  admin: '/admin/:part?',
  reports: '/reports/:room?',
} as const;

/** Where the door leads: the page that somebody came for. */
export const beyond = { path: paths.home };

/** The room of an address. */
export function roomAt(path: string): string | undefined {
  return /^\/r\/(\d+)/.exec(path)?.[1];
}

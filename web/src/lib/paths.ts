/** Every address of the app. */
export const paths = {
  home: '/',
  login: '/login',
  register: '/register',
  people: '/people',
  settings: (part = 'profile') => `/settings/${part}`,
  room: (room: string) => `/r/${room}`,
  message: (room: string, seq: number) => `/r/${room}/m/${seq}`,
  /** A thread by its root, beside its room. */
  thread: (room: string, root: number) => `/r/${room}/t/${root}`,
  threads: '/threads',
  later: (part = '') => (part === '' ? '/later' : `/later/${part}`),
  invite: (token: string) => `/invite/${token}`,
};

export const patterns = {
  room: '/r/:room',
  message: '/r/:room/m/:seq',
  thread: '/r/:room/t/:seq',
  settings: '/settings/:part?',
  later: '/later/:part?',
  invite: '/invite/:token',
} as const;

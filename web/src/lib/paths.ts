/** Every address of the app. */
export const paths = {
  home: '/',
  login: '/login',
  register: '/register',
  room: (room: string) => `/r/${room}`,
  message: (room: string, seq: number) => `/r/${room}/m/${seq}`,
};

export const patterns = {
  room: '/r/:room',
  message: '/r/:room/m/:seq',
} as const;

const PATHS = {
  people:
    'M9 11.500a3.500 3.500 0 1 0 0-7 3.500 3.500 0 0 0 0 7M3 20c0-4 3-6 6-6s6 2 6 6M16 5a3.500 3.500 0 0 1 0 6M18 14c2 .6 3.500 2.500 3.500 6',
  search: 'M11 17a6 6 0 1 0 0-12 6 6 0 0 0 0 12M20 20l-4.500-4.500',
  plus: 'M12 5v14M5 12h14',
  send: 'M5 12l14-7-5 15-3-6z',
  close: 'M6 6l12 12M18 6L6 18',
  back: 'M15 5l-7 7 7 7',
  down: 'M12 5v14M6 13l6 6 6-6',
  hash: 'M9 4L7 20M17 4l-2 16M4.500 9h16M3.500 15h16',
  lock: 'M7 11V8a5 5 0 0 1 10 0v3M6 11h12a1 1 0 0 1 1 1v7a1 1 0 0 1-1 1H6a1 1 0 0 1-1-1v-7a1 1 0 0 1 1-1z',
  compass: 'M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18M15.500 8.500l-2 5-5 2 2-5z',
  sun: 'M12 16a4 4 0 1 0 0-8 4 4 0 0 0 0 8M12 2.500v2M12 19.500v2M2.500 12h2M19.500 12h2M5.300 5.300l1.400 1.400M17.300 17.300l1.400 1.400M18.700 5.300l-1.400 1.400M6.700 17.300l-1.400 1.400',
  moon: 'M20 14.500A8.500 8.500 0 0 1 9.500 4 8.500 8.500 0 1 0 20 14.500z',
  screen: 'M4 5h16v11H4zM9 20h6M12 16v4',
  leave: 'M14 4h4a2 2 0 0 1 2 2v12a2 2 0 0 1-2 2h-4M10 8l-4 4 4 4M6 12h9',
  check: 'M5 13l4.500 4.500L19 7',
  checks: 'M1.500 13l4.500 4.500L15 7M10.500 15.500l2 2L22 7',
  clock: 'M12 20a8 8 0 1 0 0-16 8 8 0 0 0 0 16M12 8v4.500l3 1.500',
  alert: 'M12 4l9 16H3zM12 10v4M12 17.200h.01',
  eye: 'M2.500 12S6 5.500 12 5.500 21.500 12 21.500 12 18 18.500 12 18.500 2.500 12 2.500 12zM12 15a3 3 0 1 0 0-6 3 3 0 0 0 0 6',
  eye_off:
    'M4 4l16 16M9.500 6c.8-.3 1.600-.5 2.500-.5 6 0 9.500 6.500 9.500 6.500a16 16 0 0 1-2.700 3.400M6.200 7.600A16 16 0 0 0 2.500 12S6 18.500 12 18.500c1.800 0 3.300-.5 4.600-1.300',
  message: 'M5 5h14a1 1 0 0 1 1 1v10a1 1 0 0 1-1 1h-7l-4 4v-4H5a1 1 0 0 1-1-1V6a1 1 0 0 1 1-1z',
  add_person:
    'M10 11.500a3.500 3.500 0 1 0 0-7 3.500 3.500 0 0 0 0 7M4 20c0-4 3-6 6-6 1.200 0 2.400.3 3.400.9M18 14v6M15 17h6',
  link: 'M10 14a4 4 0 0 0 6 .4l3-3a4 4 0 0 0-5.700-5.700l-1 1M14 10a4 4 0 0 0-6-.4l-3 3a4 4 0 0 0 5.700 5.700l1-1',
  shield: 'M12 3.500l7 2.500v5.500c0 4.500-3 7.500-7 9-4-1.500-7-4.500-7-9V6z',
  flag: 'M6 21V4M6 5h12l-2.500 4L18 13H6',
  chart: 'M4 20h16M7 16v-4M12 16V6M17 16v-7',
  star: 'M12 4l2.500 5.200 5.700.8-4.100 4 1 5.700-5.100-2.700-5.100 2.700 1-5.700-4.100-4 5.700-.8z',
  list: 'M9 6h11M9 12h11M9 18h11M4 6h.01M4 12h.01M4 18h.01',
  ban: 'M12 20a8 8 0 1 0 0-16 8 8 0 0 0 0 16M6.300 6.300l11.400 11.400',
  fold: 'M8 10l4 4 4-4',
  archive: 'M4 5h16v4H4zM6 9v10h12V9M10 13h4',
  horn: 'M4 10v4h3l9 4V6l-9 4zM19 9.500a4 4 0 0 1 0 5',
  info: 'M12 20a8 8 0 1 0 0-16 8 8 0 0 0 0 16M12 11v5M12 8.200h.01',
  copy: 'M9 9h10v11H9zM15 9V4H5v11h4',
  smile: 'M12 20a8 8 0 1 0 0-16 8 8 0 0 0 0 16M9.500 10h.01M14.500 10h.01M8.500 14a4 4 0 0 0 7 0',
  settings:
    'M12 15a3 3 0 1 0 0-6 3 3 0 0 0 0 6M12 3v2.500M12 18.500V21M3 12h2.500M18.500 12H21M5.600 5.600l1.800 1.800M16.600 16.600l1.800 1.800M18.400 5.600l-1.800 1.800M7.400 16.600l-1.800 1.800',
  key: 'M8 19a4 4 0 1 0 0-8 4 4 0 0 0 0 8M11 12l8-8M16 7l3 3',
  reply: 'M9 6L4 11l5 5M4 11h10a6 6 0 0 1 6 6v1',
  thread: 'M5 5h14a1 1 0 0 1 1 1v9a1 1 0 0 1-1 1h-7l-4 4v-4H5a1 1 0 0 1-1-1V6a1 1 0 0 1 1-1zM8 9h8M8 12h5',
  edit: 'M5 19h4L19 9l-4-4L5 15zM13 7l4 4',
  trash: 'M5 7h14M10 4h4M7 7l1 12a1 1 0 0 0 1 1h6a1 1 0 0 0 1-1l1-12M10 11v5M14 11v5',
  bookmark: 'M7 4h10a1 1 0 0 1 1 1v15l-6-4-6 4V5a1 1 0 0 1 1-1z',
  forward: 'M15 6l5 5-5 5M20 11H10a6 6 0 0 0-6 6v1',
  pin: 'M9 4h6l-1 6 3 3v2H7v-2l3-3zM12 15v5.500',
  bell: 'M6 16v-5a6 6 0 0 1 12 0v5l1.500 2h-15zM10 20.500h4',
  bell_off: 'M6.500 9A6 6 0 0 1 18 11v3M6 11v5l-1.500 2H17M10 20.500h4M4 4l16 16',
  poll: 'M6 20v-7M12 20V5M18 20v-10M4 20h16',
  sticker:
    'M20 13V7a3 3 0 0 0-3-3H7a3 3 0 0 0-3 3v10a3 3 0 0 0 3 3h6zM13 20v-4a3 3 0 0 1 3-3h4M9 9.500h.01M15 9.500h.01M8.500 13c.6 1 1.400 1.600 2.500 1.800',
  more: 'M5 12a.6.6 0 1 0 1.200 0 .6.6 0 1 0-1.200 0M11.400 12a.6.6 0 1 0 1.200 0 .6.6 0 1 0-1.200 0M17.800 12a.6.6 0 1 0 1.200 0 .6.6 0 1 0-1.200 0',
  react: 'M19.500 10.500a8 8 0 1 1-6-6M9 10h.01M15 10h.01M8.500 14a4 4 0 0 0 7 0M19 2.500v5M16.500 5h5',
} as const;

export type IconName = keyof typeof PATHS;

/** A line drawing beside a text, or within a labelled button: it says nothing to a screen reader. */
export function Icon({ name, size = 19 }: { name: IconName; size?: number }) {
  return (
    <svg className="icon" viewBox="0 0 24 24" width={size} height={size} aria-hidden="true" focusable="false">
      <path d={PATHS[name]} />
    </svg>
  );
}

/** Two speech shapes, one filled, one drawn, that make a P. */
export function Mark({ size = 28 }: { size?: number }) {
  return (
    <svg className="brand-mark" viewBox="0 0 28 28" width={size} height={size} aria-hidden="true" focusable="false">
      <path className="brand-mark-filled" d="M4 4h13a7 7 0 0 1 0 14h-5l-5 5v-5H4z" />
      <path className="brand-mark-drawn" d="M14 9h6a5 5 0 0 1 4 8v7l-4.500-4.500H16" />
    </svg>
  );
}

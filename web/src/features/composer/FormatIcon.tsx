const PATHS = {
  bold: 'M8 5h5a3.500 3.500 0 0 1 0 7H8zM8 12h6a3.500 3.500 0 0 1 0 7H8z',
  italic: 'M10.500 5h7M6.500 19h7M14 5l-4 14',
  strike:
    'M5 12h14M16.500 8c0-2-2-3-4.500-3S7.500 6.200 7.500 8c0 1.300.9 2.200 2.200 2.800M7.500 16c0 2 2 3 4.500 3s4.500-1.200 4.500-3.200c0-.7-.2-1.300-.5-1.800',
  code: 'M9 7l-5 5 5 5M15 7l5 5-5 5',
  link: 'M10 14a4 4 0 0 0 6 .4l3-3a4 4 0 0 0-5.700-5.700l-1 1M14 10a4 4 0 0 0-6-.4l-3 3a4 4 0 0 0 5.700 5.700l1-1',
  list: 'M9.500 6.500H20M9.500 12H20M9.500 17.500H20M5 6.500h.01M5 12h.01M5 17.500h.01',
  tasks: 'M11.500 7H20M11.500 17H20M4 7l1.500 1.500L8.500 5.500M4 17l1.500 1.500 3-3',
  quote: 'M5 5v14M10 8h9M10 12h9M10 16h6',
  code_block:
    'M5 4h14a1 1 0 0 1 1 1v14a1 1 0 0 1-1 1H5a1 1 0 0 1-1-1V5a1 1 0 0 1 1-1zM10 9.500L7.500 12l2.500 2.500M14 9.500l2.500 2.500-2.500 2.500',
  hidden:
    'M4 4l16 16M9.500 6c.8-.3 1.600-.5 2.500-.5 6 0 9.500 6.500 9.500 6.500a16 16 0 0 1-2.700 3.400M6.200 7.600A16 16 0 0 0 2.500 12S6 18.500 12 18.500c1.800 0 3.300-.5 4.600-1.300',
  format:
    'M3.500 18L8 6l4.500 12M5 14h6M20.500 12.500v5.500M20.500 15.300a2.700 2.700 0 1 1-5.400 0 2.700 2.700 0 0 1 5.400 0',
  smile:
    'M12 20.500a8.500 8.500 0 1 0 0-17 8.500 8.500 0 0 0 0 17M8.500 14c.8 1.200 2 1.900 3.500 1.900s2.700-.7 3.500-1.900M9.200 9.700h.01M14.800 9.700h.01',
} as const;

export type FormatIconName = keyof typeof PATHS;

/** The drawings of the composer's buttons, in the manner of Icon. */
export function FormatIcon({ name, size = 19 }: { name: FormatIconName; size?: number }) {
  return (
    <svg className="icon" viewBox="0 0 24 24" width={size} height={size} aria-hidden="true" focusable="false">
      <path d={PATHS[name]} />
    </svg>
  );
}

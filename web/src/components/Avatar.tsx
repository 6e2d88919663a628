import { hashOf, initialsOf } from '@/lib/text';

export type PresenceState = 'online' | 'away' | 'offline';

/** As many as frame.css has classes: white text reads well on each of them. */
const COLOURS = 10;

const SPOKEN = { online: 'online', away: 'away', offline: 'offline' };

/** The badge of a person, with a dot for who is there. The colour is the one they chose, else of the id, so that it stays
 *  when the name changes. */
export function Avatar(props: {
  id: string;
  name: string;
  size?: 's' | 'm' | 'l';
  presence?: PresenceState | undefined;
  colour?: number | undefined;
  /** Not to be disturbed. */
  quiet?: boolean;
}) {
  const { id, name, presence, colour, quiet = false, size = 'm' } = props;
  return (
    <span className={`avatar avatar-${size} avatar-c${colour ?? hashOf(id, COLOURS)}`}>
      <span aria-hidden="true">{initialsOf(name)}</span>
      {presence !== undefined && presence !== 'offline' && (
        <span className={`dot dot-${presence}${quiet ? ' dot-quiet' : ''}`} title={spoken(presence, quiet)}>
          <span className="visually-hidden">{spoken(presence, quiet)}</span>
        </span>
      )}
    </span>
  );
}

function spoken(presence: PresenceState, quiet: boolean): string {
  return quiet ? `${SPOKEN[presence]}, not to be disturbed` : SPOKEN[presence];
}

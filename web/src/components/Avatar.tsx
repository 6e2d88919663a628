import { hashOf, initialsOf } from '@/lib/text';

export type PresenceState = 'online' | 'away' | 'offline';

/** As many as frame.css has classes: white text reads well on each of them. */
const COLOURS = 10;

const SPOKEN = { online: 'online', away: 'away', offline: 'offline' };

/** The badge of a person, with a dot for who is there. The colour is of the id, so that it stays when the name changes. */
export function Avatar(props: {
  id: string;
  name: string;
  size?: 's' | 'm' | 'l';
  presence?: PresenceState | undefined;
}) {
  const { id, name, presence, size = 'm' } = props;
  return (
    <span className={`avatar avatar-${size} avatar-c${hashOf(id, COLOURS)}`}>
      <span aria-hidden="true">{initialsOf(name)}</span>
      {presence !== undefined && presence !== 'offline' && (
        <span className={`dot dot-${presence}`} title={SPOKEN[presence]}>
          <span className="visually-hidden">{SPOKEN[presence]}</span>
        </span>
      )}
    </span>
  );
}

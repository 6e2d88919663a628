import { i18n } from '@lingui/core';
import { useEffect, useState } from 'react';
import { hashOf, initialsOf } from '@/lib/text';

export type PresenceState = 'online' | 'away' | 'offline';

/** As many as frame.css has classes: white text reads well on each of them. */
const COLOURS = 10;

const SPOKEN = {
  online: /*i18n*/ { id: 'online' },
  away: /*i18n*/ { id: 'away' },
  offline: /*i18n*/ { id: 'offline' },
};

/** The badge of a person, with a dot for who is there: their picture, and until it has come, initials. Their colour is the
 *  one they chose, else of the id, so that it stays when the name changes. */
export function Avatar(props: {
  id: string;
  name: string;
  size?: 's' | 'm' | 'l';
  presence?: PresenceState | undefined;
  colour?: number | undefined;
  /** A file's id. */
  picture?: string | undefined;
  /** Not to be disturbed. */
  quiet?: boolean;
}) {
  const { id, name, presence, colour, picture, quiet = false, size = 'm' } = props;
  const initials = initialsOf(name);
  return (
    <span className={`avatar avatar-${size} avatar-c${colour ?? hashOf(id, COLOURS)}`}>
      <span className={initials.length === 1 ? 'avatar-one' : undefined} aria-hidden="true">
        {initials}
      </span>
      {picture !== undefined && <Face key={picture} picture={picture} />}
      {presence !== undefined && presence !== 'offline' && (
        <span className={`dot dot-${presence}${quiet ? ' dot-quiet' : ''}`} title={spoken(presence, quiet)}>
          <span className="visually-hidden">{spoken(presence, quiet)}</span>
        </span>
      )}
    </span>
  );
}

/** How long after a failure it is asked for once more: what opens it, a cookie, is new by then. */
const AGAIN_MS = 4_000;
/** Those that were shown before stand there at once. */
const shown = new Set<string>();

/** A picture over what is there without it. */
export function Face({ picture }: { picture: string }) {
  const [state, setState] = useState<'coming' | 'shown' | 'failed' | 'again' | 'gone'>(
    shown.has(picture) ? 'shown' : 'coming',
  );
  useEffect(() => {
    if (state !== 'failed') return;
    const timer = setTimeout(() => setState('again'), AGAIN_MS);
    return () => clearTimeout(timer);
  }, [state]);
  if (state === 'failed' || state === 'gone') return null;
  return (
    <img
      className={`avatar-face${state === 'shown' || shown.has(picture) ? ' is-shown' : ''}`}
      src={`/media/files/${picture}/small${state === 'again' ? '?again' : ''}`}
      alt=""
      loading="lazy"
      decoding="async"
      draggable={false}
      onLoad={() => {
        shown.add(picture);
        setState('shown');
      }}
      onError={() => setState(state === 'again' ? 'gone' : 'failed')}
    />
  );
}

function spoken(presence: PresenceState, quiet: boolean): string {
  const words = i18n.t(SPOKEN[presence]);
  return quiet ? i18n.t('{presence}, not to be disturbed', { presence: words }) : words;
}

import { flushSync } from 'react-dom';
import { type Anchor, Floating } from '@/components/Floating';
import { MenuRow } from '../rooms/MenuRow';

interface Props {
  anchor: Anchor;
  /** Absent where files may not be attached. */
  onFile: (() => void) | undefined;
  onPoll: () => void;
  onSticker: () => void;
  onClose: () => void;
}

/** What a message can be besides a text. */
export function AddMenu({ anchor, onFile, onPoll, onSticker, onClose }: Props) {
  // What follows takes the focus: the menu has given it back before.
  const then = (act: () => void) => (): void => {
    flushSync(onClose);
    act();
  };
  return (
    <Floating label="What to add" anchor={anchor} onClose={onClose} className="menu-floating">
      <div className="menu">
        {onFile !== undefined && (
          <MenuRow icon="file" onClick={then(onFile)}>
            Photo or file
          </MenuRow>
        )}
        <MenuRow icon="poll" onClick={then(onPoll)}>
          Poll
        </MenuRow>
        <MenuRow icon="sticker" onClick={then(onSticker)}>
          Sticker
        </MenuRow>
      </div>
    </Floating>
  );
}

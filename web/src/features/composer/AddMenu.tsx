import { i18n } from '@lingui/core';
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
    <Floating label={i18n.t('What to add')} anchor={anchor} onClose={onClose} className="menu-floating">
      <div className="menu">
        {onFile !== undefined && (
          <MenuRow icon="file" onClick={then(onFile)}>
            {i18n.t('Photo or file')}
          </MenuRow>
        )}
        <MenuRow icon="poll" onClick={then(onPoll)}>
          {i18n.t('Poll')}
        </MenuRow>
        <MenuRow icon="sticker" onClick={then(onSticker)}>
          {i18n.t('Sticker')}
        </MenuRow>
      </div>
    </Floating>
  );
}

import { i18n } from '@lingui/core';
import { useStore } from '@/state/context';
import { emoticonsTurn, setEmoticonsTurn } from '../composer/emoticons';
import { enterBreaks, setEnterBreaks } from '../composer/enterKey';

/** How the keys are where messages are written, on this device. */
export function WritingSettings() {
  const breaks = useStore(enterBreaks);
  const turn = useStore(emoticonsTurn);
  return (
    <>
      <label className="switch-row">
        <input
          type="checkbox"
          className="form-check-input"
          checked={!breaks}
          onChange={(event) => setEnterBreaks(!event.target.checked)}
        />
        <span>
          {i18n.t('Enter sends a message')}
          <small>{i18n.t('Off: Enter begins a new line, and Ctrl+Enter sends. Of this device only.')}</small>
        </span>
      </label>
      <label className="switch-row">
        <input
          type="checkbox"
          className="form-check-input"
          checked={turn}
          onChange={(event) => setEmoticonsTurn(event.target.checked)}
        />
        <span>
          {i18n.t('Make emoji of :) and the like')}
          <small>{i18n.t('Once a space follows, or it is sent. Undo takes it back. Of this device only.')}</small>
        </span>
      </label>
    </>
  );
}

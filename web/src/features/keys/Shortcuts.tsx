import { i18n } from '@lingui/core';
import { Fragment } from 'react';
import { Dialog } from '@/components/Dialog';
import { FORMATS, keyName } from '../composer/formats';

type Key = [string, string];

function partsOf(): { title: string; keys: readonly Key[] }[] {
  return [
    {
      title: i18n.t('Everywhere'),
      keys: [
        [keyName('k'), i18n.t('Find or jump to a room or person')],
        [keyName('f'), i18n.t('Search this room')],
        [keyName('shift+f'), i18n.t('Search all rooms')],
        ['F6', i18n.t('The next part of the window; with Shift the one before')],
        [`?  ${keyName('/')}`, i18n.t('These keys')],
        ['Esc', i18n.t('Close what is open')],
      ],
    },
    {
      title: i18n.t('In a list of rooms or people'),
      keys: [
        ['↑ ↓', i18n.t('The row above or below')],
        ['Home End', i18n.t('The first or the last row')],
        ['Tab', i18n.t('Leave the list')],
      ],
    },
    {
      title: i18n.t('Among messages'),
      keys: [
        ['↑ ↓', i18n.t('The message above or below')],
        ['Enter', i18n.t('What can be done with it')],
        ['R', i18n.t('Reply')],
        ['T', i18n.t('Reply in a thread')],
        ['Tab', i18n.t('Through what is in it, then out of the list')],
        ['Esc', i18n.t('Back to the list')],
      ],
    },
    {
      title: i18n.t('Writing'),
      keys: [
        ['Enter', i18n.t('Send')],
        [i18n.t('Shift+Enter'), i18n.t('New line; the next item of a list')],
        ['↑', i18n.t('Edit my last message, where nothing is written')],
        ['@ # : /', i18n.t('Offer people, rooms, emoji, commands')],
        ...FORMATS.flatMap(({ name, key }): Key[] => (key === undefined ? [] : [[keyName(key), i18n.t(name)]])),
      ],
    },
    {
      title: i18n.t('Unread'),
      keys: [
        ['J K', i18n.t('Down and up')],
        ['Enter', i18n.t('Open')],
        ['E', i18n.t('Mark as read')],
      ],
    },
    {
      title: i18n.t('A large picture'),
      keys: [
        ['← →', i18n.t('The one before, the next one')],
        ['+ − 0', i18n.t('Larger, smaller, whole')],
      ],
    },
  ];
}

/** All keys there are. */
export function Shortcuts({ onClose }: { onClose: () => void }) {
  return (
    <Dialog title={i18n.t('Keyboard shortcuts')} onClose={onClose} className="help">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and the keyboard must reach it to do so. */}
      <section className="help-body" tabIndex={0} aria-label={i18n.t('Keys')}>
        {partsOf().map(({ title, keys }) => (
          <Fragment key={title}>
            <h3>{title}</h3>
            <dl>
              {keys.map(([key, about]) => (
                <div key={about}>
                  <dt>
                    <kbd>{key}</kbd>
                  </dt>
                  <dd>{about}</dd>
                </div>
              ))}
            </dl>
          </Fragment>
        ))}
      </section>
    </Dialog>
  );
}

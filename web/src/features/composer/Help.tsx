import { i18n, type MessageDescriptor } from '@lingui/core';
import { Dialog } from '@/components/Dialog';
import { MessageText } from '../timeline/MessageText';
import { COMMAND_WORDS } from './command_words';
import { COMMANDS } from './commands';
import { FORMATS, keyName } from './formats';

const SAMPLES: readonly MessageDescriptor[] = [
  /*i18n*/ { id: '**bold** _slanted_ ~~gone~~' },
  /*i18n*/ { id: '`code` and $a^2+b^2$' },
  /*i18n*/ { id: '[words](https://example.org)' },
  /*i18n*/ { id: '||hidden until pressed||' },
  /*i18n*/ { id: '> said before' },
  /*i18n*/ { id: '- one\n- two' },
  /*i18n*/ { id: '- [x] done\n- [ ] to do' },
  // The same in all languages.
  { id: '```js\nlet a = 1;\n```' },
  { id: '| a | b |\n|---|--:|\n| x | 2 |' },
];

/** What can be written, and with which keys. */
export function Help({ onClose }: { onClose: () => void }) {
  const keys: [string, string][] = [
    [i18n.t('Enter'), i18n.t('Send')],
    [i18n.t('Shift+Enter'), i18n.t('New line; the next item of a list')],
    ['@ # : /', i18n.t('Offer people, rooms, emoji, commands')],
    ...FORMATS.flatMap(({ name, key }): [string, string][] =>
      key === undefined ? [] : [[keyName(key), i18n.t(name)]],
    ),
  ];
  return (
    <Dialog title={i18n.t('Writing')} onClose={onClose} className="help">
      <div className="help-body">
        <h3>{i18n.t('Commands')}</h3>
        <dl>
          {COMMANDS.map(({ name }) => {
            const { args, about } = COMMAND_WORDS[name] ?? {};
            return (
              <div key={name}>
                <dt>
                  <kbd>
                    /{name} {args !== undefined && i18n.t(args)}
                  </kbd>
                </dt>
                <dd>{about !== undefined && i18n.t(about)}</dd>
              </div>
            );
          })}
          <div>
            <dt>
              <kbd>{`//${i18n.t('words')}`}</kbd>
            </dt>
            <dd>{i18n.t('Says a line that begins with a slash')}</dd>
          </div>
        </dl>
        <h3>{i18n.t('Keys')}</h3>
        <dl>
          {keys.map(([key, about]) => (
            <div key={key}>
              <dt>
                <kbd>{key}</kbd>
              </dt>
              <dd>{about}</dd>
            </div>
          ))}
        </dl>
        <h3>{i18n.t('Formatting')}</h3>
        <dl>
          {SAMPLES.map((one) => i18n.t(one)).map((sample) => (
            <div key={sample}>
              <dt>
                <code>{sample}</code>
              </dt>
              <dd className="msg-text">
                <MessageText text={sample} />
              </dd>
            </div>
          ))}
        </dl>
      </div>
    </Dialog>
  );
}

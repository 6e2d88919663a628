import { Dialog } from '@/components/Dialog';
import { MessageText } from '../timeline/MessageText';
import { COMMANDS } from './commands';
import { FORMATS, keyName } from './formats';

const SAMPLES: readonly string[] = [
  '**bold** _slanted_ ~~gone~~',
  '`code` and $a^2+b^2$',
  '[words](https://example.org)',
  '||hidden until pressed||',
  '> said before',
  '- one\n- two',
  '- [x] done\n- [ ] to do',
  '```js\nlet a = 1;\n```',
  '| a | b |\n|---|--:|\n| x | 2 |',
];

/** What can be written, and with which keys. */
export function Help({ onClose }: { onClose: () => void }) {
  const keys: [string, string][] = [
    ['Enter', 'Send'],
    ['Shift+Enter', 'New line; the next item of a list'],
    ['@ # : /', 'Offer people, rooms, emoji, commands'],
    ...FORMATS.flatMap(({ name, key }): [string, string][] => (key === undefined ? [] : [[keyName(key), name]])),
  ];
  return (
    <Dialog title="Writing" onClose={onClose} className="help">
      <div className="help-body">
        <h3>Commands</h3>
        <dl>
          {COMMANDS.map(({ name, args, about }) => (
            <div key={name}>
              <dt>
                <kbd>
                  /{name} {args}
                </kbd>
              </dt>
              <dd>{about}</dd>
            </div>
          ))}
          <div>
            <dt>
              <kbd>{'//words'}</kbd>
            </dt>
            <dd>Says a line that begins with a slash</dd>
          </div>
        </dl>
        <h3>Keys</h3>
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
        <h3>Formatting</h3>
        <dl>
          {SAMPLES.map((sample) => (
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

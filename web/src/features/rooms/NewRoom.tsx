import { i18n, type MessageDescriptor } from '@lingui/core';
import { type FormEvent, useState } from 'react';
import { Button } from '@/components/Button';
import { Dialog } from '@/components/Dialog';
import { Field } from '@/components/Field';
import { Icon, type IconName } from '@/components/Icon';
import { useChat } from '@/state/context';
import { useOpenRoom } from './useOpenRoom';

const KINDS: { kind: 'public' | 'private'; icon: IconName; name: MessageDescriptor; means: MessageDescriptor }[] = [
  {
    kind: 'public',
    icon: 'hash',
    name: /*i18n*/ { id: 'Public' },
    means: /*i18n*/ { id: 'Anyone here can find and join it.' },
  },
  {
    kind: 'private',
    icon: 'lock',
    name: /*i18n*/ { id: 'Private' },
    means: /*i18n*/ { id: 'Only people who are added can see it.' },
  },
];

export function NewRoom({ onClose }: { onClose: () => void }) {
  const chat = useChat();
  const [name, setName] = useState('');
  const [topic, setTopic] = useState('');
  const [kind, setKind] = useState<'public' | 'private'>('public');
  const { open, busy, error } = useOpenRoom(onClose);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const trimmed = topic.trim();
    open(() => chat.createRoom({ name: name.trim(), kind, ...(trimmed === '' ? {} : { topic: trimmed }) }));
  };
  const of_name = error?.code === 'name_taken' || error?.code === 'name_invalid';
  return (
    <Dialog title={i18n.t('New room')} onClose={onClose}>
      <form className="sheet-form" onSubmit={submit}>
        <Field
          label={i18n.t('Name')}
          value={name}
          maxLength={80}
          required
          data-autofocus
          autoComplete="off"
          placeholder={i18n.t('for example: garden')}
          error={of_name ? error?.message : undefined}
          onChange={(event) => setName(event.target.value)}
        />
        <Field
          label={i18n.t('What it is about')}
          value={topic}
          maxLength={250}
          autoComplete="off"
          placeholder={i18n.t('optional')}
          onChange={(event) => setTopic(event.target.value)}
        />
        <fieldset className="choices">
          <legend className="form-label">{i18n.t('Who can read it')}</legend>
          {KINDS.map((one) => (
            <label className="choice" key={one.kind}>
              <input
                type="radio"
                name="kind"
                value={one.kind}
                checked={kind === one.kind}
                onChange={() => setKind(one.kind)}
              />
              <Icon name={one.icon} />
              <span>
                <b>{i18n.t(one.name)}</b>
                <small>{i18n.t(one.means)}</small>
              </span>
            </label>
          ))}
        </fieldset>
        {error !== undefined && !of_name && (
          <p className="field-error" role="alert">
            {error.message}
          </p>
        )}
        <div className="sheet-foot">
          <button type="button" className="btn btn-quiet" onClick={onClose}>
            {i18n.t('Cancel')}
          </button>
          <Button type="submit" className="btn btn-primary" off={busy || name.trim() === ''}>
            {i18n.t('Make the room')}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

import { type FormEvent, useState } from 'react';
import { Dialog } from '@/components/Dialog';
import { Field } from '@/components/Field';
import { Icon, type IconName } from '@/components/Icon';
import { useChat } from '@/state/context';
import { useOpenRoom } from './useOpenRoom';

const KINDS: { kind: 'public' | 'private'; icon: IconName; name: string; means: string }[] = [
  { kind: 'public', icon: 'hash', name: 'Public', means: 'Anyone here can find and join it.' },
  { kind: 'private', icon: 'lock', name: 'Private', means: 'Only people who are added can see it.' },
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
    <Dialog title="New room" onClose={onClose}>
      <form className="sheet-form" onSubmit={submit}>
        <Field
          label="Name"
          value={name}
          maxLength={80}
          required
          data-autofocus
          autoComplete="off"
          placeholder="for example: garden"
          error={of_name ? error?.message : undefined}
          onChange={(event) => setName(event.target.value)}
        />
        <Field
          label="What it is about"
          value={topic}
          maxLength={250}
          autoComplete="off"
          placeholder="optional"
          onChange={(event) => setTopic(event.target.value)}
        />
        <fieldset className="choices">
          <legend className="form-label">Who can read it</legend>
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
                <b>{one.name}</b>
                <small>{one.means}</small>
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
            Cancel
          </button>
          <button type="submit" className="btn btn-primary" disabled={busy || name.trim() === ''}>
            Make the room
          </button>
        </div>
      </form>
    </Dialog>
  );
}

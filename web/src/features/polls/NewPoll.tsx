import { i18n, type MessageDescriptor } from '@lingui/core';
import { type FormEvent, type KeyboardEvent, useRef, useState } from 'react';
import { ApiError } from '@/client/error';
import { Button } from '@/components/Button';
import { Dialog } from '@/components/Dialog';
import { Field } from '@/components/Field';
import { Icon } from '@/components/Icon';
import { uuid } from '@/lib/uuid';
import type { Room } from '@/protocol/ops.gen';
import { useChat } from '@/state/context';
import { ANSWER_CHARS, FEWEST_ANSWERS, MOST_ANSWERS, pollProblem, QUESTION_CHARS } from './newPoll';
import { pollsOf } from './pollsOf';
import './polls.css';

const HOUR_MS = 3_600_000;
const TIMES: readonly { ms: number; name: MessageDescriptor }[] = [
  { ms: 0, name: /*i18n*/ { id: 'By hand' } },
  { ms: HOUR_MS, name: /*i18n*/ { id: 'In an hour' } },
  { ms: 8 * HOUR_MS, name: /*i18n*/ { id: 'In 8 hours' } },
  { ms: 24 * HOUR_MS, name: /*i18n*/ { id: 'Tomorrow at this time' } },
  { ms: 7 * 24 * HOUR_MS, name: /*i18n*/ { id: 'In a week' } },
];

interface Props {
  room: Room;
  thread: number | undefined;
  onSent: () => void;
  onClose: () => void;
}

/** Makes a poll. Enter goes to the next answer, and behind the last one makes another. */
export function NewPoll({ room, thread, onSent, onClose }: Props) {
  const chat = useChat();
  const [cmid] = useState(uuid);
  const [question, setQuestion] = useState('');
  const [options, setOptions] = useState(['', '']);
  const [multiple, setMultiple] = useState(false);
  const [anonymous, setAnonymous] = useState(false);
  const [closes, setCloses] = useState(0);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string>();
  const list = useRef<HTMLOListElement>(null);
  const change = (at: number, words: string): void => setOptions(options.map((one, n) => (n === at ? words : one)));
  const next = (event: KeyboardEvent, at: number): void => {
    if (event.key !== 'Enter' || event.nativeEvent.isComposing || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    if (at === options.length - 1 && options.length < MOST_ANSWERS && options[at]?.trim() !== '')
      setOptions([...options, '']);
    focus(at + 1);
  };
  const focus = (at: number): void => {
    // It is there when this turn is over.
    setTimeout(() => list.current?.querySelectorAll('input')[at]?.focus());
  };
  const remove = (at: number): void => {
    setOptions(options.filter((_, n) => n !== at));
    focus(Math.min(at, options.length - 2));
  };
  const written = [question, ...options].some((words) => words.trim() !== '');
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    const answers = options.map((one) => one.trim()).filter((one) => one !== '');
    const problem = pollProblem({ question, options: answers });
    setError(problem);
    if (problem !== undefined || busy) return;
    setBusy(true);
    try {
      const poll = {
        question: question.trim(),
        options: answers,
        ...(multiple ? { multiple } : {}),
        ...(anonymous ? { anonymous } : {}),
        ...(closes === 0 ? {} : { closes_at: Date.now() + closes }),
      };
      await pollsOf(chat).send(room.id, { poll }, { cmid, thread });
      onSent();
      onClose();
    } catch (cause) {
      setError(cause instanceof ApiError ? cause.message : i18n.t('Something went wrong. Try again.'));
      setBusy(false);
    }
  };
  return (
    <Dialog title={i18n.t('New poll')} onClose={onClose} firm={written}>
      <form className="new-poll" onSubmit={(event) => void submit(event)}>
        <Field
          label={i18n.t('Question')}
          value={question}
          maxLength={QUESTION_CHARS}
          data-autofocus
          dir={question === '' ? undefined : 'auto'}
          autoComplete="off"
          placeholder={i18n.t('What do you want to know?')}
          onChange={(event) => setQuestion(event.target.value)}
        />
        <span className="form-label" id="new-poll-answers">
          {i18n.t('Answers')}
        </span>
        <ol ref={list} className="new-poll-answers" aria-labelledby="new-poll-answers">
          {options.map((words, at) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: an answer is its place.
            <li key={at}>
              <input
                className="form-control"
                dir={words === '' ? undefined : 'auto'}
                aria-label={i18n.t('Answer {number}', { number: at + 1 })}
                value={words}
                maxLength={ANSWER_CHARS}
                autoComplete="off"
                placeholder={i18n.t('Answer {number}', { number: at + 1 })}
                onChange={(event) => change(at, event.target.value)}
                onKeyDown={(event) => next(event, at)}
              />
              {options.length > FEWEST_ANSWERS && (
                <button
                  type="button"
                  className="btn-icon"
                  aria-label={i18n.t('Remove answer {number}', { number: at + 1 })}
                  onClick={() => remove(at)}
                >
                  <Icon name="close" size={17} />
                </button>
              )}
            </li>
          ))}
        </ol>
        <Button
          type="button"
          className="btn-link new-poll-more"
          off={options.length >= MOST_ANSWERS}
          onClick={() => {
            setOptions([...options, '']);
            focus(options.length);
          }}
        >
          {i18n.t('Another answer')}
        </Button>
        <Switch
          on={multiple}
          onTurn={setMultiple}
          name={i18n.t('Several answers')}
          means={i18n.t('People may choose more than one.')}
        />
        <Switch
          on={anonymous}
          onTurn={setAnonymous}
          name={i18n.t('Anonymous')}
          means={i18n.t('Nobody here is told who voted, nor how. Who runs the server could look.')}
        />
        <label className="select-row">
          <span>{i18n.t('Closes')}</span>
          <select className="form-select" value={closes} onChange={(event) => setCloses(Number(event.target.value))}>
            {TIMES.map(({ ms, name }) => (
              <option key={ms} value={ms}>
                {i18n.t(name)}
              </option>
            ))}
          </select>
        </label>
        {error !== undefined && (
          <p className="field-error" role="alert">
            {error}
          </p>
        )}
        <div className="sheet-foot">
          <button type="button" className="btn btn-quiet" onClick={onClose}>
            {i18n.t('Cancel')}
          </button>
          <Button type="submit" className="btn btn-primary" off={busy}>
            {i18n.t('Ask')}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

function Switch(props: { on: boolean; onTurn: (on: boolean) => void; name: string; means: string }) {
  return (
    <label className="switch-row">
      <input
        type="checkbox"
        className="form-check-input"
        checked={props.on}
        onChange={(event) => props.onTurn(event.target.checked)}
      />
      <span>
        {props.name}
        <small>{props.means}</small>
      </span>
    </label>
  );
}

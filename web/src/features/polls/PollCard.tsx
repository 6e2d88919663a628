import { i18n } from '@lingui/core';
import { Trans } from '@lingui/react';
import { useEffect, useState } from 'react';
import { ApiError } from '@/client/error';
import { isClosed, pollOf } from '@/client/poll_state';
import type { Vote } from '@/client/polls';
import { Icon } from '@/components/Icon';
import { listWords } from '@/lib/text';
import { fullTime } from '@/lib/time';
import type { Event, PollState } from '@/protocol/ops.gen';
import { useChat, useStore } from '@/state/context';
import { nameOf } from '@/state/names';
import { may } from '@/state/rights';
import { PersonAvatar, untilWords } from '../people/Signs';
import { useClock } from '../people/usePerson';
import { youAmongOthers } from '../timeline/Reactions';
import { pollsOf } from './pollsOf';
import './polls.css';

/** So many who chose an answer are shown beside it. */
const FACES = 3;
/** So many are named when the pointer rests on it. */
const NAMED = 12;

/** A poll: its answers are buttons, filled as far as they were chosen. */
export function PollCard({ event }: { event: Event }) {
  const chat = useChat();
  const polls = pollsOf(chat);
  const mine = polls.voteIn(event, useStore(polls.mine));
  const now = useClock();
  const [error, setError] = useState<string>();
  const poll = pollOf(event);
  const state = event.state?.poll;
  const voters = state?.voters ?? 0;
  // biome-ignore lint/correctness/useExhaustiveDependencies: asked for when it is shown, and when there are first votes.
  useEffect(() => void polls.need(event), [polls, event.room, event.seq, voters > 0]);
  if (poll === undefined) return null;
  const closed = isClosed(poll, state, now);
  const attempt = async (work: Promise<void>): Promise<void> => {
    setError(undefined);
    try {
      await work;
    } catch (cause) {
      setError(cause instanceof ApiError ? cause.message : i18n.t('Something went wrong. Try again.'));
    }
  };
  const press = (at: number): void => {
    const before = mine ?? [];
    const others = poll.multiple === true ? before.filter((one) => one !== at) : [];
    const next = before.includes(at) ? others : [...others, at].sort((a, b) => a - b);
    void attempt(polls.vote(event, next));
  };
  return (
    <section
      className={closed ? 'poll is-closed' : 'poll'}
      aria-label={i18n.t('Poll: {question}', { question: poll.question })}
    >
      <p className="poll-question">
        <bdi>{poll.question}</bdi>
      </p>
      <p className="poll-how">
        {[
          poll.anonymous === true ? i18n.t('Anonymous') : undefined,
          poll.multiple === true ? i18n.t('several answers') : i18n.t('one answer'),
          closed
            ? i18n.t('closed')
            : poll.closes_at === undefined
              ? undefined
              : i18n.t('open {until}', { until: untilWords(poll.closes_at, now) }),
        ]
          .filter((part) => part !== undefined)
          .join(' · ')}
      </p>
      <div className="poll-answers">
        {poll.options.map((words, at) => (
          <Answer
            key={words}
            words={words}
            at={at}
            state={state}
            multiple={poll.multiple === true}
            mine={mine?.includes(at) === true}
            closed={closed}
            onPress={() => press(at)}
          />
        ))}
      </div>
      <Foot
        event={event}
        voters={voters}
        closed={closed}
        closed_at={state?.closed_at ?? (closed ? poll.closes_at : undefined)}
        mine={mine}
        onWithdraw={() => void attempt(polls.vote(event, []))}
        onClose={() => void attempt(polls.close(event))}
      />
      {error !== undefined && (
        <p className="field-error" role="alert">
          {error}
        </p>
      )}
    </section>
  );
}

interface AnswerProps {
  words: string;
  at: number;
  state: PollState | undefined;
  multiple: boolean;
  mine: boolean;
  closed: boolean;
  onPress: () => void;
}

function Answer({ words, at, state, multiple, mine, closed, onPress }: AnswerProps) {
  const chat = useChat();
  const users = useStore(chat.people.users);
  const count = state?.counts[at] ?? 0;
  const voters = state?.voters ?? 0;
  const most = Math.max(0, ...(state?.counts ?? []));
  const share = voters === 0 ? 0 : count / voters;
  const who = (state?.votes ?? []).filter((vote) => vote.options.includes(at)).map((vote) => vote.user);
  const named = who.slice(0, NAMED).join(' ');
  useEffect(() => chat.people.need(named === '' ? [] : named.split(' ')), [chat, named]);
  const names = who.slice(0, NAMED).map((id) => (id === chat.me.id ? youAmongOthers() : nameOf(users.get(id))));
  const classes = ['poll-answer'];
  if (mine) classes.push('is-mine');
  if (closed && count > 0 && count === most) classes.push('is-first');
  return (
    <button
      type="button"
      className={classes.join(' ')}
      aria-pressed={mine}
      disabled={closed}
      title={who.length === 0 ? undefined : whoVoted(names, count)}
      onClick={onPress}
    >
      <span className="poll-fill" style={{ transform: `scaleX(${share})` }} />
      <span className={multiple ? 'poll-sign is-square' : 'poll-sign'}>{mine && <Icon name="check" size={14} />}</span>
      <bdi className="poll-words">{words}</bdi>
      {who.length > 0 && (
        <span className="poll-faces">
          {who.slice(0, FACES).map((id) => (
            <PersonAvatar key={id} id={id} name={nameOf(users.get(id))} size="s" />
          ))}
        </span>
      )}
      <span className="poll-count">
        <Trans
          id="{count, plural, one {#<0> vote</0>} other {#<0> votes</0>}}"
          values={{ count }}
          components={{ 0: <span className="visually-hidden" /> }}
        />
      </span>
      <span className="poll-share" aria-hidden="true">
        {i18n.number(share, { style: 'percent' })}
      </span>
    </button>
  );
}

function whoVoted(names: readonly string[], count: number): string {
  if (count <= NAMED) return new Intl.ListFormat(i18n.locale, { type: 'unit', style: 'short' }).format(names);
  const rest = i18n.t({
    id: '{count, plural, one {# more} other {# more}}',
    comment: 'The last of a list of people: Ada, Ben and 2 more',
    values: { count: count - NAMED },
  });
  return listWords([...names, rest]);
}

interface FootProps {
  event: Event;
  voters: number;
  closed: boolean;
  closed_at: number | undefined;
  mine: Vote | undefined;
  onWithdraw: () => void;
  onClose: () => void;
}

function Foot({ event, voters, closed, closed_at, mine, onWithdraw, onClose }: FootProps) {
  const chat = useChat();
  const room = useStore(chat.list.rooms).get(event.room);
  // It cannot be opened again: one press asks, another one does it.
  const [asking, setAsking] = useState(false);
  const closable = event.sender === chat.me.id || (room !== undefined && may(room, 'delete_any'));
  return (
    <p className="poll-foot">
      <span>
        {voters === 0
          ? i18n.t('No votes')
          : i18n.t('{count, plural, one {# person voted} other {# people voted}}', { count: voters })}
      </span>
      {closed && closed_at !== undefined && <span title={fullTime(closed_at)}>{i18n.t('Closed')}</span>}
      {!closed && mine !== undefined && mine.length > 0 && (
        <button type="button" className="btn-link btn-link-quiet" onClick={onWithdraw}>
          {i18n.t('Take my vote back')}
        </button>
      )}
      {!closed && closable && (
        <button
          type="button"
          className="btn-link btn-link-quiet"
          onBlur={() => setAsking(false)}
          onClick={() => (asking ? onClose() : setAsking(true))}
        >
          {asking ? i18n.t('Close it for everybody?') : i18n.t('Close the poll')}
        </button>
      )}
    </p>
  );
}

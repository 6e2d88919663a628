import { beforeEach, describe, expect, test, vi } from 'vitest';
import type { Event, Poll } from '@/protocol/ops.gen';
import { anEvent, FakeClock, settled } from '@/testing/fakes';
import type { Api } from './api';
import { ApiError } from './error';
import { withChange } from './message_state';
import { isClosed, pollOf } from './poll_state';
import { Polls } from './polls';

const LUNCH: Poll = { question: 'Lunch?', options: ['Soup', 'Cake'] };

function aPoll(more: Partial<Poll> = {}): Event {
  return anEvent(5, { body: 'Lunch?', data: { poll: { ...LUNCH, ...more } } });
}

function voted(seq: number, sender: string, data: Record<string, unknown>): Event {
  return anEvent(seq, { type: 'voted', sender, about: 5, body: '', data });
}

describe('a poll after events', () => {
  test('has the counts as told, and who voted how', () => {
    let poll = withChange(aPoll(), voted(6, '8', { options: [1], counts: [0, 1], voters: 1 }));
    poll = withChange(poll, voted(7, '9', { options: [0], counts: [1, 1], voters: 2 }));
    poll = withChange(poll, voted(8, '8', { options: [0], counts: [2, 0], voters: 2 }));
    expect(poll.state?.poll).toEqual({
      counts: [2, 0],
      voters: 2,
      votes: [
        { user: '9', options: [0] },
        { user: '8', options: [0] },
      ],
    });
    expect(withChange(poll, voted(7, '9', { options: [0], counts: [1, 1], voters: 2 }))).toBe(poll);
    poll = withChange(poll, voted(9, '9', { options: [], counts: [1, 0], voters: 1 }));
    expect(poll.state?.poll?.votes).toEqual([{ user: '8', options: [0] }]);
  });

  test('names nobody where nobody was named', () => {
    const poll = withChange(aPoll({ anonymous: true }), voted(6, '0', { counts: [1, 0], voters: 1 }));
    expect(poll.state?.poll).toEqual({ counts: [1, 0], voters: 1 });
  });

  test('is closed by an event, or by the clock', () => {
    const poll = aPoll({ closes_at: 2_000 });
    expect(isClosed(poll.data?.poll as Poll, undefined, 1_999)).toBe(false);
    expect(isClosed(poll.data?.poll as Poll, undefined, 2_000)).toBe(true);
    const closed = withChange(poll, anEvent(6, { type: 'poll_closed', about: 5, ts: 1_500 }));
    expect(isClosed(poll.data?.poll as Poll, closed.state?.poll, 1_600)).toBe(true);
  });

  test('is none any more when it is deleted, and none when it cannot be understood', () => {
    expect(pollOf(aPoll())).toEqual(LUNCH);
    expect(pollOf(withChange(aPoll(), anEvent(6, { type: 'deleted', about: 5 })))).toBeUndefined();
    expect(pollOf(anEvent(5, { data: { poll: 7 } }))).toBeUndefined();
    expect(pollOf(anEvent(5, { data: { poll: { question: 'x' } } }))).toBeUndefined();
  });
});

describe('my vote', () => {
  const call = vi.fn();
  let clock: FakeClock;
  let polls: Polls;

  beforeEach(() => {
    call.mockReset();
    call.mockResolvedValue(undefined);
    clock = new FakeClock();
    polls = new Polls({ call } as unknown as Api, clock, '7');
  });

  test('is what the message says, unless it is anonymous', async () => {
    const named = withChange(aPoll(), voted(6, '7', { options: [1], counts: [0, 1], voters: 1 }));
    expect(polls.voteIn(named)).toEqual([1]);
    await polls.need(named);
    expect(call).not.toHaveBeenCalled();
    const secret = withChange(aPoll({ anonymous: true }), voted(6, '0', { counts: [0, 1], voters: 1 }));
    expect(polls.voteIn(secret)).toBeUndefined();
    call.mockResolvedValue({ options: [1] });
    await polls.need(secret);
    expect(polls.voteIn(secret)).toEqual([1]);
  });

  test('is shown at once, the last wish is told, and what is refused is taken back', async () => {
    let answer = (): void => {};
    call.mockImplementationOnce(() => new Promise<void>((resolve) => (answer = resolve)));
    const message = aPoll();
    const first = polls.vote(message, [0]);
    void polls.vote(message, [1]);
    expect(polls.voteIn(message)).toEqual([1]);
    answer();
    await first;
    expect(call.mock.calls.map(([, { body }]) => body)).toEqual([{ options: [0] }, { options: [1] }]);
    call.mockRejectedValue(new ApiError('poll_closed', 'This poll is closed.', 409));
    await expect(polls.vote(message, [])).rejects.toThrow('closed');
    expect(polls.voteIn(message)).toEqual([1]);
    await clock.pass(10_000);
    expect(polls.voteIn(message)).toEqual([]);
  });

  test('a poll is sent again under the same name while nobody answers', async () => {
    call.mockRejectedValueOnce(new ApiError('network', 'No connection'));
    await polls.send('1', { poll: LUNCH }, { cmid: 'c' });
    expect(call.mock.calls.map(([, { body }]) => body.cmid)).toEqual(['c', 'c']);
    call.mockRejectedValueOnce(new ApiError('forbidden', 'No', 403));
    await expect(polls.send('1', { poll: LUNCH }, { cmid: 'd' })).rejects.toThrow('No');
    await settled();
    expect(call).toHaveBeenCalledTimes(3);
  });
});

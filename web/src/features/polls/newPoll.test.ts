import { expect, test } from 'vitest';
import { pollProblem, readPoll } from './newPoll';

test.each([
  ['"Lunch?" "Soup" "Cake"', { question: 'Lunch?', options: ['Soup', 'Cake'] }],
  ['  "Lunch?""Soup"  "Cake" ', { question: 'Lunch?', options: ['Soup', 'Cake'] }],
  ['“Lunch?” „Soup“ «Cake»', { question: 'Lunch?', options: ['Soup', 'Cake'] }],
  [`'Who''s "in"?' 'Me' 'You'`, { question: 'Who', options: ['s "in"?', 'Me', 'You'] }],
  ['"a" "b" "c" multiple', { question: 'a', options: ['b', 'c'], multiple: true }],
  ['"a" "b" "c" Anonymous multiple', { question: 'a', options: ['b', 'c'], multiple: true, anonymous: true }],
  ['"two\nlines" "b" "c"', { question: 'two lines', options: ['b', 'c'] }],
])('%s is read', (text, poll) => {
  expect(readPoll(text)).toEqual(poll);
});

test.each(['Lunch?', '"Lunch?" Soup "Cake"', '"Lunch?" "Soup" "Cake" secretly', '"open', ''])(
  '%s is no poll',
  (text) => {
    expect(readPoll(text)).toBeUndefined();
  },
);

test('says what is missing', () => {
  const many = Array.from({ length: 11 }, (_, at) => `answer ${at}`);
  expect(pollProblem({ question: 'Lunch?', options: ['Soup', 'Cake'] })).toBeUndefined();
  expect(pollProblem({ question: ' ', options: ['Soup', 'Cake'] })).toBe('Ask something.');
  expect(pollProblem({ question: 'Lunch?', options: ['Soup', ' '] })).toBe('Offer at least two answers.');
  expect(pollProblem({ question: 'Lunch?', options: ['Soup', ' Soup '] })).toBe('Two answers are the same.');
  expect(pollProblem({ question: 'Lunch?', options: many })).toBe('Offer at most 10 answers.');
  expect(pollProblem({ question: 'Lunch?', options: ['x'.repeat(101), 'y'] })).toMatch(/at most 100/);
  expect(pollProblem({ question: 'x'.repeat(301), options: ['x', 'y'] })).toMatch(/at most 300/);
});

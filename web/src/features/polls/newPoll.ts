import { i18n } from '@lingui/core';
import type { Poll } from '@/protocol/ops.gen';

export const MOST_ANSWERS = 10;
export const FEWEST_ANSWERS = 2;
export const QUESTION_CHARS = 300;
export const ANSWER_CHARS = 100;

/** What keeps a poll from being opened, in words for its author; undefined: nothing. The server has the same rules. */
export function pollProblem({ question, options }: Pick<Poll, 'question' | 'options'>): string | undefined {
  if (question.trim() === '') return i18n.t('Ask something.');
  if ([...question.trim()].length > QUESTION_CHARS)
    return i18n.t('A question has at most {count, plural, one {# character} other {# characters}}.', {
      count: QUESTION_CHARS,
    });
  const answers = options.map((one) => one.trim()).filter((one) => one !== '');
  if (answers.length < FEWEST_ANSWERS) return i18n.t('Offer at least two answers.');
  if (answers.length > MOST_ANSWERS)
    return i18n.t('Offer at most {count, plural, one {# answer} other {# answers}}.', { count: MOST_ANSWERS });
  if (answers.some((one) => [...one].length > ANSWER_CHARS))
    return i18n.t('An answer has at most {count, plural, one {# character} other {# characters}}.', {
      count: ANSWER_CHARS,
    });
  if (new Set(answers).size < answers.length) return i18n.t('Two answers are the same.');
  return undefined;
}

/** Reads `"Question" "A" "B" multiple anonymous`, with quotation marks as keyboards write them. Undefined: it is not that. */
export function readPoll(text: string): Poll | undefined {
  const parts: string[] = [];
  let rest = text.trim();
  for (;;) {
    const part = /^(?:"([^"]*)"|[“„”]([^“”]*)[“”]|«([^»]*)»|'([^']*)')\s*/.exec(rest);
    if (part === null) break;
    parts.push((part[1] ?? part[2] ?? part[3] ?? part[4] ?? '').replace(/\s+/g, ' ').trim());
    rest = rest.slice(part[0].length);
  }
  const words = rest
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  if (parts.length === 0 || words.some((word) => word !== 'multiple' && word !== 'anonymous')) return undefined;
  const [question = '', ...options] = parts;
  return {
    question,
    options,
    ...(words.includes('multiple') ? { multiple: true } : {}),
    ...(words.includes('anonymous') ? { anonymous: true } : {}),
  };
}

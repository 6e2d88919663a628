import { i18n, type MessageDescriptor } from '@lingui/core';
import type { Report } from '@/protocol/ops.gen';

export type Reason = Report['reason'];

export const REASONS: { reason: Reason; name: MessageDescriptor; hint: MessageDescriptor }[] = [
  { reason: 'spam', name: /*i18n*/ { id: 'Spam' }, hint: /*i18n*/ { id: 'Advertising, or the same again and again.' } },
  {
    reason: 'abuse',
    name: /*i18n*/ { id: 'Abuse' },
    hint: /*i18n*/ { id: 'It insults, threatens or harasses somebody.' },
  },
  {
    reason: 'unlawful',
    name: /*i18n*/ { id: 'Against the law' },
    hint: /*i18n*/ { id: 'It should not be here, or anywhere.' },
  },
  { reason: 'other', name: /*i18n*/ { id: 'Something else' }, hint: /*i18n*/ { id: 'Say below what it is.' } },
];

export function reasonName(reason: Reason): string {
  const known = REASONS.find((one) => one.reason === reason);
  return known === undefined ? reason : i18n.t(known.name);
}

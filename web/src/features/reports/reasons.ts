import type { Report } from '@/protocol/ops.gen';

export type Reason = Report['reason'];

export const REASONS: { reason: Reason; name: string; hint: string }[] = [
  { reason: 'spam', name: 'Spam', hint: 'Advertising, or the same again and again.' },
  { reason: 'abuse', name: 'Abuse', hint: 'It insults, threatens or harasses somebody.' },
  { reason: 'unlawful', name: 'Against the law', hint: 'It should not be here, or anywhere.' },
  { reason: 'other', name: 'Something else', hint: 'Say below what it is.' },
];

export function reasonName(reason: Reason): string {
  return REASONS.find((one) => one.reason === reason)?.name ?? reason;
}

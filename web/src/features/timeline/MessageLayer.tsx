import { i18n } from '@lingui/core';
import { Suspense } from 'react';
import { ApiError } from '@/client/error';
import type { Anchor } from '@/components/Floating';
import { late } from '@/lib/late';
import type { Event, Room } from '@/protocol/ops.gen';
import { useChat } from '@/state/context';
import { EmojiPicker } from '../emoji/EmojiPicker';
import type { MessageActions } from './actions';

const DeleteMessage = late(async () => (await import('./DeleteMessage')).DeleteMessage);
const EditHistory = late(async () => (await import('./EditHistory')).EditHistory);
const ForwardDialog = late(async () => (await import('../later/parts')).ForwardDialog);
const SeenBy = late(async () => (await import('../later/parts')).SeenBy);
const TimeMenu = late(async () => (await import('../later/parts')).TimeMenu);
const ReportMessage = late(async () => (await import('../reports/ReportMessage')).ReportMessage);
const MessageMenu = late(async () => (await import('./MessageMenu')).MessageMenu);

export type OpenLayer =
  | { kind: 'menu'; event: Event; row: HTMLElement | null; at: Anchor }
  | { kind: 'pick'; event: Event; beside: HTMLElement | null }
  | { kind: 'remind'; event: Event; at: Anchor }
  | { kind: 'remove' | 'history' | 'forward' | 'seen' | 'report'; event: Event };

interface Props {
  room: Room;
  open: OpenLayer;
  actions: MessageActions;
  onClose: () => void;
  onNotice: (words: string) => void;
}

/** What was opened of a message, above the messages. */
export function MessageLayer({ room, open, actions, onClose, onNotice }: Props) {
  const { later } = useChat().conversation;
  const { event } = open;
  const remind = (at: number): void => {
    onClose();
    later.keep(event, at).then(
      () => onNotice(i18n.t('You will be reminded.')),
      (cause) => onNotice(cause instanceof ApiError ? cause.message : i18n.t('Something went wrong. Try again.')),
    );
  };
  return (
    <Suspense>
      {open.kind === 'menu' && <MessageMenu room={room} {...open} actions={actions} onClose={onClose} />}
      {open.kind === 'pick' && (
        <EmojiPicker own anchor={open.beside} onClose={onClose} onPick={(emoji) => actions.react(event, emoji, true)} />
      )}
      {open.kind === 'remove' && <DeleteMessage event={event} onClose={onClose} />}
      {open.kind === 'remind' && (
        <TimeMenu title={i18n.t('Remind me')} anchor={open.at} onPick={remind} onClose={onClose} />
      )}
      {open.kind === 'forward' && <ForwardDialog event={event} onClose={onClose} />}
      {open.kind === 'seen' && <SeenBy room={room} event={event} onClose={onClose} />}
      {open.kind === 'report' && (
        <ReportMessage
          event={event}
          onClose={onClose}
          onDone={() => onNotice(i18n.t('Thank you. It will be looked at.'))}
        />
      )}
      {open.kind === 'history' && <EditHistory event={event} onClose={onClose} />}
    </Suspense>
  );
}

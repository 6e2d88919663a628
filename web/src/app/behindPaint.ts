import type { Chat } from '@/client/chat';
import { systemClock } from '@/client/clock';
import { KeyGate } from '@/client/key_gate';
import { waitingEdits } from '@/features/timeline/waiting';
import { watchTyping } from './watchTyping';

/** What somebody's page needs for as long as it lives, but not for its first look. More than once for a chat is once; for one
 *  that has ended meanwhile nothing. */
export function beginBehindPaint(chat: Chat): void {
  waitingEdits(chat);
  if (chat.socket.gate !== undefined || chat.socket.state.get().status === 'stopped') return;
  const handOn = (frame: Parameters<KeyGate['keeps']>[0]): void => chat.socket.events.emit('frame', frame);
  const gate = new KeyGate({ clock: systemClock, me: chat.me.id, handOn });
  chat.socket.gate = gate;
  chat.events.on('stopped', watchTyping(gate));
}

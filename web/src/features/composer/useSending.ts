import type { FormEvent } from 'react';
import { byteLength } from '@/lib/text';
import { LIMITS, type Room } from '@/protocol/ops.gen';
import { useChat } from '@/state/context';
import { readLine } from './commands';
import { useCommand } from './useCommand';

interface Parts {
  room: Room;
  thread: number | undefined;
  text: string;
  /** In place of the plain way. */
  send: ((body: string) => void) | undefined;
  onSent: () => void;
  /** What was written is done with. */
  clear: () => void;
}

/** Sends what is written as a message, or does what it commands. */
export function useSending({ room, thread, text, send: sendBody, onSent, clear }: Parts) {
  const chat = useChat();
  const post = (body: string): void => {
    chat.setOwnState('online');
    if (sendBody === undefined) chat.send(room.id, body);
    else sendBody(body);
    onSent();
  };
  const command = useCommand({ room, thread, send: post, onSent, sent: clear });
  const left = LIMITS.max_body - byteLength(text.trim());
  const sendable = text.trim() !== '' && left >= 0 && !command.busy;
  const send = (event?: FormEvent): void => {
    event?.preventDefault();
    if (!sendable) return;
    const line = readLine(text.trim());
    if (line.kind !== 'message') return command.run(line);
    clear();
    post(line.body);
  };
  return { command, send, left, sendable };
}

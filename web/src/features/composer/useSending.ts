import type { FormEvent } from 'react';
import type { OutboxFile } from '@/client/outbox_store';
import { byteLength } from '@/lib/bytes';
import { LIMITS, type Room } from '@/protocol/ops.gen';
import { useChat } from '@/state/context';
import { readLine } from './commands';
import { withEmoji } from './emoticons';
import { coarsePointer } from './pointer';
import { useCommand } from './useCommand';

interface Parts {
  room: Room;
  thread: number | undefined;
  text: string;
  /** Files that go with it; to be released when they do. */
  tray: { files: readonly OutboxFile[]; release: () => readonly OutboxFile[] };
  /** In place of the plain way. */
  send: ((body: string, files?: readonly OutboxFile[]) => void) | undefined;
  onSent: () => void;
  /** What was written is done with. */
  clear: () => void;
}

/** Sends what is written as a message, or does what it commands. */
export function useSending({ room, thread, text, tray, send: sendBody, onSent, clear }: Parts) {
  const chat = useChat();
  const post = (body: string, spoken?: OutboxFile): void => {
    chat.setOwnState('online');
    const more: [readonly OutboxFile[]] | [] =
      spoken !== undefined ? [[spoken]] : tray.files.length === 0 ? [] : [tray.release()];
    if (sendBody !== undefined) sendBody(body, ...more);
    else if (more[0] === undefined) chat.send(room.id, body);
    else chat.send(room.id, body, { files: more[0] });
    onSent();
  };
  const command = useCommand({ room, thread, send: post, onSent, sent: clear });
  const left = LIMITS.max_body - byteLength(text.trim());
  const sendable = (text.trim() !== '' || tray.files.length > 0) && left >= 0 && !command.busy;
  const send = (event?: FormEvent): void => {
    event?.preventDefault();
    if (!sendable) return;
    const line = readLine(text.trim());
    if (line.kind !== 'message') return command.run(line);
    clear();
    post(withEmoji(line.body, coarsePointer()));
  };
  return { command, send, speak: (file: OutboxFile) => post('', file), left, sendable };
}

import { i18n } from '@lingui/core';
import { useState } from 'react';
import { ApiError } from '@/client/error';
import type { Room } from '@/protocol/ops.gen';
import { useChat } from '@/state/context';
import { type CommandContext, CommandError, type ComposerDialog, type Line } from './commands';

interface Parts {
  room: Room;
  thread: number | undefined;
  send: (body: string) => void;
  /** Something was sent: it is to be seen. */
  onSent: () => void;
  /** The command was done: its text goes. */
  sent: () => void;
}

/** Runs commands one at a time. What one says against it is shown, and the text stays. */
export function useCommand({ room, thread, send, onSent, sent }: Parts) {
  const chat = useChat();
  const [error, setError] = useState<string>();
  const [told, setTold] = useState<string>();
  const [busy, setBusy] = useState(false);
  const [dialog, setDialog] = useState<ComposerDialog>();
  const run = async (line: Exclude<Line, { kind: 'message' }>): Promise<void> => {
    if (line.kind === 'unknown')
      return setError(
        i18n.t('There is no command /{name}. /help tells which there are; // begins a line with a slash.', {
          name: line.name,
        }),
      );
    const context: CommandContext = { room, thread, chat, send, onSent, tell: setTold, show: setDialog };
    setBusy(true);
    setError(undefined);
    setTold(undefined);
    try {
      await line.command.run(line.rest, context);
      sent();
    } catch (cause) {
      const kind = cause instanceof CommandError || cause instanceof ApiError;
      setError(kind ? cause.message : i18n.t('Something went wrong. Try again.'));
    } finally {
      setBusy(false);
    }
  };
  return {
    error,
    told,
    busy,
    dialog,
    run: (line: Exclude<Line, { kind: 'message' }>) => void run(line),
    show: setDialog,
    forget: () => {
      setError(undefined);
      setTold(undefined);
    },
    /** Something else went wrong with what is written. */
    fail: setError,
    close: () => setDialog(undefined),
  };
}

import { i18n } from '@lingui/core';
import { useState } from 'react';
import { useLocation } from 'wouter';
import { ApiError } from '@/client/error';
import { paths } from '@/lib/paths';
import type { Room } from '@/protocol/ops.gen';

/** Runs what brings a room, then goes there. One at a time; the error is for people. */
export function useOpenRoom(done: () => void): {
  open: (work: () => Promise<Room>) => void;
  busy: boolean;
  error: ApiError | undefined;
} {
  const [, go] = useLocation();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<ApiError>();
  const open = async (work: () => Promise<Room>): Promise<void> => {
    if (busy) return;
    setBusy(true);
    setError(undefined);
    try {
      const room = await work();
      done();
      go(paths.room(room.id));
    } catch (cause) {
      setError(
        cause instanceof ApiError ? cause : new ApiError('internal', i18n.t('Something went wrong. Try again.')),
      );
    } finally {
      setBusy(false);
    }
  };
  return { open: (work) => void open(work), busy, error };
}

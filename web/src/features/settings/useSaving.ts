import { i18n } from '@lingui/core';
import { useEffect, useState } from 'react';
import { ApiError } from '@/client/error';

const SAID_MS = 2_500;

/** Runs what saves, one at a time, and says how it went. */
export function useSaving(): {
  save: (work: () => Promise<void>) => void;
  busy: boolean;
  saved: boolean;
  error: ApiError | undefined;
} {
  const [busy, setBusy] = useState(false);
  const [saved, setSaved] = useState(false);
  const [error, setError] = useState<ApiError>();
  useEffect(() => {
    if (!saved) return;
    const timer = setTimeout(() => setSaved(false), SAID_MS);
    return () => clearTimeout(timer);
  }, [saved]);
  const save = async (work: () => Promise<void>): Promise<void> => {
    if (busy) return;
    setBusy(true);
    setSaved(false);
    setError(undefined);
    try {
      await work();
      setSaved(true);
    } catch (cause) {
      setError(
        cause instanceof ApiError ? cause : new ApiError('internal', i18n.t('Something went wrong. Try again.')),
      );
    } finally {
      setBusy(false);
    }
  };
  return { save: (work) => void save(work), busy, saved, error };
}

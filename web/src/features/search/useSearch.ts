import { i18n } from '@lingui/core';
import { useCallback, useEffect, useRef, useState } from 'react';
import { ApiError } from '@/client/error';
import type { SearchHit } from '@/protocol/ops.gen';
import { useChat } from '@/state/context';

export type Sort = 'new' | 'best';

export interface Question {
  text: string;
  sort: Sort;
  room: string | undefined;
}

export interface Found {
  status: 'idle' | 'looking' | 'done' | 'failed';
  hits: SearchHit[];
  /** Where the next page begins; undefined: that was all. */
  next: string | undefined;
  /** Not all was looked through in time. */
  cut: boolean;
  /** Words for people, when it failed. */
  why: string | undefined;
}

const NOTHING: Found = { status: 'idle', hits: [], next: undefined, cut: false, why: undefined };
/** Rest after the last key before the server is asked. */
const TYPING_MS = 200;
const ZONE = Intl.DateTimeFormat().resolvedOptions().timeZone;

function why(error: unknown): string {
  return error instanceof ApiError ? error.message : i18n.t('The server does not answer.');
}

/** What a question finds, page after page. A newer question ends the older one. */
export function useSearch({ text, sort, room }: Question): Found & { more: () => void } {
  const chat = useChat();
  const [found, setFound] = useState<Found>(NOTHING);
  const under_way = useRef<AbortController>(undefined);
  const query = text.trim();

  const ask = useCallback(
    async (before: Found, after: string | undefined): Promise<void> => {
      under_way.current?.abort();
      const control = new AbortController();
      under_way.current = control;
      // What another question found stays until there is an answer: it would flicker with every key.
      setFound((shown) => ({ ...before, hits: shown.hits, status: 'looking', why: undefined }));
      try {
        const answer = await chat.api.call('GET /search', {
          query: { q: query, sort, zone: ZONE, ...(room && { room }), ...(after !== undefined && { after }) },
          signal: control.signal,
        });
        if (control.signal.aborted) return;
        chat.people.need(answer.hits.map((hit) => hit.sender));
        setFound({
          status: 'done',
          hits: [...before.hits, ...answer.hits],
          next: answer.next,
          cut: answer.cut ?? false,
          why: undefined,
        });
      } catch (error) {
        if (!control.signal.aborted) setFound({ ...before, status: 'failed', why: why(error) });
      }
    },
    [chat, query, sort, room],
  );

  useEffect(() => {
    if (query === '') {
      under_way.current?.abort();
      setFound(NOTHING);
      return;
    }
    const timer = setTimeout(() => void ask(NOTHING, undefined), TYPING_MS);
    return () => clearTimeout(timer);
  }, [ask, query]);
  useEffect(() => () => under_way.current?.abort(), []);

  const more = (): void => {
    if (found.next !== undefined && found.status !== 'looking') void ask(found, found.next);
    else if (found.status === 'failed') void ask(found, found.next);
  };
  return { ...found, more };
}

import { useEffect, useState } from 'react';
import type { Chat } from '@/client/chat';
import { ApiError } from '@/client/error';
import type { AccessToken, Rest } from '@/protocol/ops.gen';
import { useChat } from '@/state/context';

export type NewToken = Rest['POST /me/tokens']['body'];

function list(chat: Chat, bot: string | undefined, signal: AbortSignal): Promise<{ tokens: AccessToken[] }> {
  return bot === undefined
    ? chat.api.call('GET /me/tokens', { signal })
    : chat.api.call('GET /bots/{bot}/tokens', { params: { bot }, signal });
}

/** Access tokens: mine, or those of a bot of mine. */
export function useTokens(bot: string | undefined) {
  const chat = useChat();
  const [tokens, setTokens] = useState<AccessToken[]>();
  const [error, setError] = useState<string>();
  useEffect(() => {
    const giveUp = new AbortController();
    list(chat, bot, giveUp.signal).then(
      (reply) => setTokens(reply.tokens),
      (cause: unknown) => {
        if (cause instanceof ApiError && cause.code !== 'aborted') setError(cause.message);
      },
    );
    return () => giveUp.abort();
  }, [chat, bot]);
  /** Both throw ApiError and change nothing then. */
  const make = async (body: NewToken): Promise<AccessToken> => {
    const made = await (bot === undefined
      ? chat.api.call('POST /me/tokens', { body })
      : chat.api.call('POST /bots/{bot}/tokens', { params: { bot }, body }));
    // What is secret of it is for one pair of eyes, once.
    const { token: _, ...told } = made;
    setTokens((before) => [told, ...(before ?? [])]);
    return made;
  };
  const revoke = async (token: string): Promise<void> => {
    if (bot === undefined) await chat.api.call('DELETE /me/tokens/{token}', { params: { token } });
    else await chat.api.call('DELETE /bots/{bot}/tokens/{token}', { params: { bot, token } });
    setTokens((before) => before?.filter((one) => one.id !== token));
  };
  return { tokens, error, make, revoke };
}

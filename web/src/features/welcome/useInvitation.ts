import { useState } from 'react';
import { copyText } from '@/lib/clipboard';
import { paths } from '@/lib/paths';
import { useChat } from '@/state/context';
import { useServer } from '@/state/server';
import { useSaving } from '../settings/useSaving';

const VALID_S = 604_800;
const USES = 25;

/** The link by which somebody gets an account here: the address where that is done or, where it takes an invitation, one
 *  that is made once. */
export function useInvitation(done: () => void) {
  const chat = useChat();
  const server = useServer();
  const saving = useSaving();
  const [link, setLink] = useState<string>();
  const [copied, setCopied] = useState(false);
  const address = async (): Promise<string> => {
    if (server?.registration !== 'invite') return location.origin + paths.register;
    const invite = await chat.api.call('POST /admin/invites', { body: { expires_in_s: VALID_S, uses: USES } });
    return location.origin + paths.welcome(invite.token ?? '');
  };
  const make = (): void =>
    saving.save(async () => {
      const made = link ?? (await address());
      setLink(made);
      setCopied(await copyText(made));
      done();
    });
  return { make, link, copied, setCopied, busy: saving.busy, error: saving.error?.message };
}

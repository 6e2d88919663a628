import type { FullConfig } from '@playwright/test';
import { PASSWORD } from './people.js';
import { logIn, type Login, request } from './protocol_client.js';

/** Who looks after the system under test: the first one who registers is its admin. */
export const KEEPER = 'keeper';

export const keeper = (base: string): Promise<Login> => logIn(base, KEEPER, PASSWORD);

/** Comes before all others; on a system that was tested before he is there. */
export default async function arriveFirst(config: FullConfig): Promise<void> {
  const base = config.projects[0]!.use.baseURL!;
  await request(base, 'POST', '/auth/register', { body: { username: KEEPER, password: PASSWORD } });
  const { access_token: token } = await keeper(base);
  const me = await request(base, 'GET', '/me', { token });
  if ((me.body as { admin?: boolean }).admin !== true) throw new Error(`${KEEPER} did not come first to ${base}`);
}

import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Auth } from '@/client/auth';
import { fetchArchive } from './archive';

const auth = { token: async () => 'old', replace: async () => 'new' } as unknown as Auth;
const asked: [path: string, token: string][] = [];
let answers: Record<string, (token: string) => Response>;
const clicked = vi.fn();

beforeEach(() => {
  asked.length = 0;
  clicked.mockReset();
  vi.stubGlobal('document', { createElement: () => ({ click: clicked }) });
  vi.stubGlobal('fetch', async (path: string, init: { headers: { authorization: string }; signal: AbortSignal }) => {
    init.signal.throwIfAborted();
    const token = init.headers.authorization.replace('Bearer ', '');
    asked.push([path, token]);
    return answers[path]?.(token) ?? new Response('', { status: 404 });
  });
});
afterEach(() => void vi.unstubAllGlobals());

const sized = (bytes: number) => () => Response.json({ bytes });
const refusal = (status: number, code: string) => () => Response.json({ code, message: 'No.' }, { status });

test('is gathered, and says how much of it is there', async () => {
  const headers = { 'content-disposition': 'attachment; filename="parley-2026-01-02.zip"' };
  answers = { '/media/mine/size': sized(7), '/media/mine': () => new Response('0123456789', { headers }) };
  const got: number[] = [];
  const archive = await fetchArchive(auth, new AbortController().signal, (bytes) => got.push(bytes));
  expect(archive?.name).toBe('parley-2026-01-02.zip');
  expect(await archive?.blob.text()).toBe('0123456789');
  expect(got.at(-1)).toBe(10);
  expect(clicked).not.toHaveBeenCalled();
});

test('one too large for the memory is left to the browser', async () => {
  answers = { '/media/mine/size': sized(300 * 1024 * 1024) };
  expect(await fetchArchive(auth, new AbortController().signal, vi.fn())).toBeUndefined();
  expect(clicked).toHaveBeenCalledOnce();
  expect(asked.map(([path]) => path)).toEqual(['/media/mine/size']);
});

test('a token that has ended is renewed, once', async () => {
  answers = {
    '/media/mine/size': (token) => (token === 'old' ? refusal(401, 'token_expired')() : Response.json({ bytes: 1 })),
    '/media/mine': refusal(401, 'unauthorized'),
  };
  await expect(fetchArchive(auth, new AbortController().signal, vi.fn())).rejects.toMatchObject({
    code: 'unauthorized',
  });
  expect(asked.map(([, token]) => token)).toEqual(['old', 'new', 'old', 'new']);
});

test('what is refused says why, and what is cut says that', async () => {
  answers = { '/media/mine/size': sized(1), '/media/mine': refusal(409, 'under_way') };
  const { signal } = new AbortController();
  await expect(fetchArchive(auth, signal, vi.fn())).rejects.toMatchObject({ code: 'under_way' });
  const cut = new ReadableStream({
    pull: (controller) => controller.error(new TypeError('gone')),
  });
  answers['/media/mine'] = () => new Response(cut);
  await expect(fetchArchive(auth, signal, vi.fn())).rejects.toMatchObject({ code: 'network' });
  await expect(fetchArchive(auth, AbortSignal.abort(), vi.fn())).rejects.toMatchObject({ code: 'aborted' });
});

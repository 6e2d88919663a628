import { expect, test } from 'vitest';
import { Http } from './http';

function answering(status: number, code: string) {
  const asked: string[] = [];
  const http = new Http('', (_input, init) => {
    const id = (init.headers as Record<string, string>)['x-request-id'] ?? '';
    asked.push(id);
    return Promise.resolve(new Response(JSON.stringify({ code, message: 'No.', request_id: id }), { status }));
  });
  return { http, asked };
}

test('each request has an id of its own, which the server takes for its logs', async () => {
  const { http, asked } = answering(200, '');
  await http.request({ method: 'GET', path: '/me' });
  await http.request({ method: 'GET', path: '/me' });
  expect(new Set(asked).size).toBe(2);
  for (const id of asked) expect(id).toMatch(/^[A-Za-z0-9._-]{8,64}$/);
});

test('an error that is the server’s fault says the id', async () => {
  const { http, asked } = answering(500, 'internal');
  await expect(http.request({ method: 'GET', path: '/me' })).rejects.toMatchObject({
    message: expect.stringMatching(/^No\. \(.+\)$/),
  });
  await expect(http.request({ method: 'GET', path: '/me' })).rejects.toThrow(asked[1]);
});

test('an error that is not does not', async () => {
  const { http } = answering(404, 'room_not_found');
  await expect(http.request({ method: 'GET', path: '/me' })).rejects.toMatchObject({ message: 'No.' });
});

test('a code that is not known is a newer server’s, and what is no code is not taken for one', async () => {
  const { http } = answering(409, 'of_tomorrow');
  await expect(http.request({ method: 'GET', path: '/me' })).rejects.toMatchObject({
    code: 'of_tomorrow',
    message: 'No.',
    retryable: false,
  });
  const proxy = answering(502, 'Bad Gateway').http;
  await expect(proxy.request({ method: 'GET', path: '/me' })).rejects.toMatchObject({ code: 'unavailable' });
});

// An authority that gives out certificates by ACME (RFC 8555, http-01), as small as tests/compose/tls needs it: one account, one name at a
// time. It checks signatures, nonces and the proof as a real one does; the certificates are made by openssl.
//
//   node tests/compose/authority.mjs ADDRESS:PORT DIRECTORY http://where.the.proof.is
//
// DIRECTORY gets root.pem, which whoever shall trust the authority needs.

import { execFileSync } from 'node:child_process';
import { createHash, createPublicKey, randomBytes, verify } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import { join } from 'node:path';

const [listen, dir, proof] = process.argv.slice(2);
const [host, port] = listen.split(':');
const origin = `http://authority:${port}`;
const nonces = new Set();
const accounts = new Map();
const orders = [];

mkdirSync(dir, { recursive: true });
const openssl = (...words) => execFileSync('openssl', words, { cwd: dir, stdio: ['ignore', 'pipe', 'pipe'] });
openssl(
  'req',
  '-x509',
  '-newkey',
  'rsa:2048',
  '-nodes',
  '-days',
  '2',
  '-subj',
  '/CN=Authority of a test',
  '-keyout',
  'root.key',
  '-out',
  'root.pem',
);

class Refusal extends Error {
  constructor(status, type, detail) {
    super(detail);
    Object.assign(this, { status, type: `urn:ietf:params:acme:error:${type}` });
  }
}
const from64 = (text) => Buffer.from(text, 'base64url');
const thumbprintOf = ({ crv, e, kty, n, x, y }) => {
  const parts = kty === 'EC' ? { crv, kty, x, y } : { e, kty, n };
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64url');
};

/** Who asks, and what; throws when that is not signed as it must be. */
function read(url, body) {
  const signed = JSON.parse(body);
  const head = JSON.parse(from64(signed.protected));
  const jwk = head.jwk ?? accounts.get(head.kid);
  if (jwk === undefined) throw new Refusal(400, 'accountDoesNotExist', 'Who is that?');
  if (!nonces.delete(head.nonce)) throw new Refusal(400, 'badNonce', 'That nonce is not known.');
  if (head.url !== `${origin}${url}`) throw new Refusal(401, 'unauthorized', 'That was signed for another address.');
  const key = { key: createPublicKey({ key: jwk, format: 'jwk' }), dsaEncoding: 'ieee-p1363' };
  const digest = head.alg.endsWith('384') ? 'sha384' : 'sha256';
  if (!verify(digest, Buffer.from(`${signed.protected}.${signed.payload}`), key, from64(signed.signature))) {
    throw new Refusal(401, 'unauthorized', 'The signature is wrong.');
  }
  return { jwk, kid: head.kid, payload: signed.payload === '' ? undefined : JSON.parse(from64(signed.payload)) };
}

const shown = (order) => ({
  status: order.status,
  identifiers: [{ type: 'dns', value: order.name }],
  authorizations: [`${origin}/authorization/${order.id}`],
  finalize: `${origin}/finalize/${order.id}`,
  ...(order.status === 'valid' ? { certificate: `${origin}/certificate/${order.id}` } : {}),
});
const challengeOf = (order) => ({
  type: 'http-01',
  url: `${origin}/challenge/${order.id}`,
  token: order.token,
  status: order.proved,
});

/** Asks for the proof where the name is said to be. */
async function prove(order, jwk) {
  const path = `/.well-known/acme-challenge/${order.token}`;
  const options = { headers: { Host: order.name } };
  const found = await new Promise((resolve) => {
    http
      .get(`${proof}${path}`, options, (answer) => {
        let text = '';
        answer.on('data', (more) => {
          text += more;
        });
        answer.on('end', () => resolve(text.trim()));
      })
      .on('error', (error) => resolve(`${error}`));
  });
  const good = found === `${order.token}.${thumbprintOf(jwk)}`;
  order.proved = good ? 'valid' : 'invalid';
  order.status = good ? 'ready' : 'invalid';
}

function issue(order, csr) {
  const file = `order-${order.id}`;
  writeFileSync(join(dir, `${file}.csr`), csr);
  writeFileSync(join(dir, `${file}.ext`), `subjectAltName=DNS:${order.name}\n`);
  const words = ['-CA', 'root.pem', '-CAkey', 'root.key', '-CAcreateserial', '-days', '90', '-extfile', `${file}.ext`];
  openssl('x509', '-req', '-inform', 'DER', '-in', `${file}.csr`, ...words, '-out', `${file}.pem`);
  order.status = 'valid';
}

async function answer(request, body) {
  const { url } = request;
  if (url === '/dir') {
    return {
      body: { newNonce: `${origin}/nonce`, newAccount: `${origin}/account`, newOrder: `${origin}/order`, meta: {} },
    };
  }
  if (url === '/nonce') return { status: request.method === 'HEAD' ? 200 : 204 };
  const { jwk, payload } = read(url, body);
  if (url === '/account') {
    const kid = `${origin}/account/${thumbprintOf(jwk)}`;
    accounts.set(kid, jwk);
    return { status: 201, location: kid, body: { status: 'valid' } };
  }
  if (url === '/order') {
    const order = {
      id: orders.length,
      name: payload.identifiers[0].value,
      status: 'pending',
      proved: 'pending',
      token: randomBytes(24).toString('base64url'),
    };
    orders.push(order);
    return { status: 201, location: `${origin}/order/${order.id}`, body: shown(order) };
  }
  const [, what, id] = url.split('/');
  const order = orders[Number(id)];
  if (order === undefined) throw new Refusal(404, 'malformed', 'There is no such order.');
  if (what === 'authorization') {
    return {
      body: { status: order.proved, identifier: { type: 'dns', value: order.name }, challenges: [challengeOf(order)] },
    };
  }
  if (what === 'challenge') {
    if (payload !== undefined && order.proved === 'pending') await prove(order, jwk);
    return { body: challengeOf(order), link: `<${origin}/authorization/${id}>;rel="up"` };
  }
  if (what === 'finalize') {
    if (order.status !== 'ready') throw new Refusal(403, 'orderNotReady', 'It was not proved.');
    issue(order, from64(payload.csr));
  }
  if (what === 'certificate')
    return { type: 'application/pem-certificate-chain', text: readFileSync(join(dir, `order-${id}.pem`), 'utf8') };
  return { location: `${origin}/order/${id}`, body: shown(order) };
}

const server = http.createServer(async (request, response) => {
  let body = '';
  for await (const part of request) body += part;
  let said;
  try {
    said = await answer(request, body);
  } catch (error) {
    said = {
      status: error.status ?? 500,
      type: 'application/problem+json',
      body: { type: error.type, detail: error.message },
    };
  }
  const nonce = randomBytes(16).toString('base64url');
  nonces.add(nonce);
  process.stdout.write(`${request.method} ${request.url} ${said.status ?? 200} ${said.body?.detail ?? ''}\n`);
  response.writeHead(said.status ?? 200, {
    'Content-Type': said.type ?? 'application/json',
    'Replay-Nonce': nonce,
    'Cache-Control': 'no-store',
    ...(said.location === undefined ? {} : { Location: said.location }),
    ...(said.link === undefined ? {} : { Link: said.link }),
  });
  response.end(said.text ?? (said.body === undefined ? '' : JSON.stringify(said.body)));
});
server.listen(Number(port), host);

// Access tokens for thousands of people at once. A login costs a server a password's hash, by intention: ten thousand of
// them would measure that. So a bench has a key pair of its own, whose public half it puts among those that its own
// instance publishes (which takes the rights of who owns the database), and signs with it what auth-svc would sign.
//   key FILE             makes a key, writes it to FILE; prints its id and its public half as SQL literals
//   sign FILE <people    people: "user session" a line; prints a token a line, good for a day
import { createHash, createPrivateKey, generateKeyPairSync, randomUUID, sign } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';

const GOOD_FOR_S = 86_400;

const base64url = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
/** RFC 7638. */
const thumbprint = ({ crv, kty, x, y }) => createHash('sha256').update(JSON.stringify({ crv, kty, x, y })).digest('base64url');

function makeKey(file) {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  writeFileSync(file, privateKey.export({ format: 'pem', type: 'pkcs8' }), { mode: 0o600 });
  console.log(`'${thumbprint(publicKey.export({ format: 'jwk' }))}', '${publicKey.export({ format: 'pem', type: 'spki' })}'`);
}

function signAll(file) {
  const key = createPrivateKey(readFileSync(file));
  const kid = thumbprint(key.export({ format: 'jwk' }));
  const header = base64url({ alg: 'ES256', typ: 'JWT', kid });
  const iat = Math.floor(Date.now() / 1000);
  const shared = { iss: 'parley', aud: 'parley', typ: 'at+jwt', client_id: 'parley', iat, exp: iat + GOOD_FOR_S };
  for (const line of readFileSync(0, 'utf8').trim().split('\n')) {
    const [sub, sid] = line.split(' ');
    const text = `${header}.${base64url({ ...shared, sub, sid, jti: randomUUID() })}`;
    console.log(`${text}.${sign('sha256', Buffer.from(text), { key, dsaEncoding: 'ieee-p1363' }).toString('base64url')}`);
  }
}

const [what, file] = process.argv.slice(2);
if (what === 'key') makeKey(file);
else signAll(file);

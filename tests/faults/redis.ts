import { connect } from 'node:net';
import type { Address } from './proxy.ts';

const ANSWER_WITHIN_MS = 3_000;

/** One command to Redis over a connection of its own; its answer as Redis wrote it. Rejects on an error and on silence. */
export function askRedis(at: Address, ...words: (string | number)[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ ...at, timeout: ANSWER_WITHIN_MS });
    let text = '';
    const end = (): void => {
      socket.destroy();
      if (text.startsWith('-')) reject(new Error(`${words[0]}: ${text.trim()}`));
      else resolve(text);
    };
    socket.on('data', (bytes) => {
      text += bytes.toString('utf8');
      if (isWhole(text)) end();
    });
    socket.on('timeout', () => socket.destroy(new Error(`Redis does not answer to ${words[0]}`)));
    socket.on('error', reject);
    const all = words.map(String).map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`);
    socket.write(`*${all.length}\r\n${all.join('')}`);
  });
}

/** Simple answers and one bulk string; nothing else is asked for. */
function isWhole(text: string): boolean {
  if (!text.includes('\r\n')) return false;
  if (!text.startsWith('$')) return text.endsWith('\r\n');
  const length = Number.parseInt(text.slice(1), 10);
  return length < 0 || Buffer.byteLength(text) >= text.indexOf('\r\n') + 2 + length + 2;
}

import { storage } from '@/lib/storage';
import type { Tone } from './data';

const KEPT = 24;
/** Offered before anything was used. */
const FIRST = ['👍', '❤️', '😂', '🎉', '🙏', '👀', '😮', '✅'];

/** The emoji one user picked on this device, the last first; some for a beginning. */
export function recentEmoji(user: string): string[] {
  const used = read(`parley.emoji.recent.${user}`);
  return [...used, ...FIRST.filter((char) => !used.includes(char))].slice(0, Math.max(used.length, FIRST.length));
}

export function noteEmoji(user: string, char: string): void {
  const next = [char, ...read(`parley.emoji.recent.${user}`).filter((one) => one !== char)].slice(0, KEPT);
  storage.setItem(`parley.emoji.recent.${user}`, JSON.stringify(next));
}

export function keptTone(user: string): Tone {
  const tone = Number(storage.getItem(`parley.emoji.tone.${user}`));
  return tone === 1 || tone === 2 || tone === 3 || tone === 4 || tone === 5 ? tone : 0;
}

export function keepTone(user: string, tone: Tone): void {
  storage.setItem(`parley.emoji.tone.${user}`, String(tone));
}

function read(key: string): string[] {
  try {
    const value: unknown = JSON.parse(storage.getItem(key) ?? '[]');
    return Array.isArray(value) ? value.filter((char): char is string => typeof char === 'string') : [];
  } catch {
    return [];
  }
}

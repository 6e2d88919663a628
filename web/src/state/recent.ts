import { storage } from '@/lib/storage';

const KEPT = 20;

function keyOf(user: string): string {
  return `parley.recent.${user}`;
}

/** The rooms a user has looked at on this device, the last one first. */
export function recentRooms(user: string): string[] {
  try {
    const value: unknown = JSON.parse(storage.getItem(keyOf(user)) ?? '[]');
    return Array.isArray(value) ? value.filter((id): id is string => typeof id === 'string') : [];
  } catch {
    return [];
  }
}

export function noteRecent(user: string, room: string): void {
  const next = [room, ...recentRooms(user).filter((id) => id !== room)].slice(0, KEPT);
  storage.setItem(keyOf(user), JSON.stringify(next));
}

import { i18n } from '@lingui/core';
import type { OutboxFile } from '@/client/outbox_store';
import { uuid } from '@/lib/uuid';
import { held, setTray, trays } from './tray';
// A message with files needs what uploads them: it comes along, so that a reload right after sending finds it kept.
import './carrier';

export const FILES_MAX = 10;
const MEASURE_WITHIN_MS = 3_000;

/** Lets a person choose files. */
export function chooseFiles(then: (chosen: readonly File[]) => void): void {
  const input = document.createElement('input');
  input.type = 'file';
  input.multiple = true;
  input.hidden = true;
  // Without a place in the page some browsers do not tell what was chosen.
  document.body.append(input);
  input.addEventListener('change', () => {
    input.remove();
    then([...(input.files ?? [])]);
  });
  input.addEventListener('cancel', () => input.remove());
  input.click();
}

/** Puts files into the tray of a draft. Returns what is to be said of those that it does not take. */
export async function intake(draft: string, chosen: readonly File[], folders: number): Promise<string | undefined> {
  const problems: string[] = [];
  if (folders > 0) problems.push(i18n.t('A folder cannot be attached. Make an archive of it first.'));
  const empty = chosen.filter((file) => file.size === 0);
  const [one] = empty;
  if (one !== undefined)
    problems.push(
      i18n.t('{count, plural, one {“{file}” is empty.} other {# of the files are empty.}}', {
        count: empty.length,
        file: one.name,
      }),
    );
  const good = chosen.filter((file) => file.size > 0);
  const room_left = FILES_MAX - (trays.get().get(draft)?.length ?? 0);
  const over = good.splice(room_left);
  const [left_out] = over;
  if (left_out !== undefined)
    problems.push(
      i18n.t('{count, plural, one {A message takes # file at most.} other {A message takes # files at most.}}', {
        count: FILES_MAX,
      }),
      i18n.t('{count, plural, one {“{file}” was left out.} other {# files were left out, from “{file}” on.}}', {
        count: over.length,
        file: left_out.name,
      }),
    );
  const files = await Promise.all(good.map(prepare));
  if (files.length > 0) setTray(draft, [...(trays.get().get(draft) ?? []), ...files].slice(0, FILES_MAX));
  return problems.length === 0 ? undefined : problems.join(' ');
}

async function prepare(file: File): Promise<OutboxFile> {
  const key = uuid();
  held.set(key, file);
  const { size, type } = file;
  return { key, name: nameOf(file), size, type, ...(await measure(file)) };
}

/** What is pasted is called image.png by every browser: the time tells one from the other. */
function nameOf(file: File): string {
  const name = file.name.normalize('NFC');
  if (name !== '' && name !== 'image.png') return name;
  const at = new Date(file.lastModified);
  const two = (n: number): string => String(n).padStart(2, '0');
  const day = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  const time = `${two(at.getHours())}.${two(at.getMinutes())}.${two(at.getSeconds())}`;
  return `${i18n.t('Picture {time}', { time: `${day} ${time}` })}.png`;
}

interface Measures {
  width?: number;
  height?: number;
}

/** Width and height of what is seen, where the browser can tell them. */
async function measure(file: File): Promise<Measures> {
  const url = URL.createObjectURL(file);
  try {
    if (file.type.startsWith('image/')) return await inTime(ofImage(url));
    if (file.type.startsWith('video/')) return await inTime(ofVideo(url));
  } catch {
    // It is shown as a document.
  } finally {
    URL.revokeObjectURL(url);
  }
  return {};
}

async function ofImage(url: string): Promise<Measures> {
  const image = new Image();
  image.src = url;
  await image.decode();
  return image.naturalWidth > 0 ? { width: image.naturalWidth, height: image.naturalHeight } : {};
}

function ofVideo(url: string): Promise<Measures> {
  return new Promise((resolve, reject) => {
    const video = document.createElement('video');
    video.preload = 'metadata';
    video.onloadedmetadata = () =>
      resolve(video.videoWidth > 0 ? { width: video.videoWidth, height: video.videoHeight } : {});
    video.onerror = () => reject(new Error('No video that is known here.'));
    video.src = url;
  });
}

function inTime<T>(work: Promise<T>): Promise<T> {
  return Promise.race([
    work,
    new Promise<never>((_, reject) => setTimeout(() => reject(new Error('Too slow.')), MEASURE_WITHIN_MS)),
  ]);
}

import { i18n, type MessageDescriptor } from '@lingui/core';
import type { OutboxFile } from '@/client/outbox_store';
import type { Attachment } from '@/protocol/ops.gen';

/** A file of a message: as the server has it, or on its way there. */
export type AnyFile = Attachment | OutboxFile;
export type Looks = 'image' | 'video' | 'audio' | 'card';

const IMAGES = ['image/png', 'image/jpeg', 'image/gif', 'image/webp', 'image/avif'];
const VIDEOS = ['video/mp4', 'video/webm'];

/** How it is shown. What the server knows counts; before that, what the browser says. */
export function looksOf(file: AnyFile): Looks {
  const { width, height, ready } = file as OutboxFile;
  const measured = width !== undefined && height !== undefined;
  if ('kind' in file) {
    if (file.kind === 'image') return measured ? 'image' : 'card';
    return file.kind === 'video' || file.kind === 'audio' ? file.kind : 'card';
  }
  if (ready !== undefined) return looksOf(ready);
  if (IMAGES.includes(file.type)) return measured ? 'image' : 'card';
  if (VIDEOS.includes(file.type)) return measured ? 'video' : 'card';
  return file.type.startsWith('audio/') ? 'audio' : 'card';
}

const VOICE = /^Voice message \d{4}-\d\d-\d\d \d\d\.\d\d\.\d\d\.\w+$/;

/** Somebody spoke it, rather than chose it: it needs no name. */
export function isVoice(file: AnyFile): boolean {
  return VOICE.test(file.name) && looksOf(file) === 'audio';
}

/** What a few files are, in a word or two, where there is no place to show them. */
export function nameFiles(files: readonly AnyFile[]): string {
  const [first] = files;
  if (first === undefined) return '';
  const looks = new Set(files.map(kindOf));
  const [only = 'file'] = looks;
  const kind = looks.size === 1 ? only : 'file';
  if (files.length === 1 && kind === 'file') return first.name;
  return i18n.t(WORDS[kind].id, { count: files.length });
}

type Kind = 'image' | 'video' | 'audio' | 'voice' | 'file';

const WORDS: Record<Kind, MessageDescriptor> = {
  image: /*i18n*/ { id: '{count, plural, =1 {Photo} one {# photo} other {# photos}}' },
  video: /*i18n*/ { id: '{count, plural, =1 {Video} one {# video} other {# videos}}' },
  audio: /*i18n*/ { id: '{count, plural, =1 {Audio} one {# audio file} other {# audio files}}' },
  voice: /*i18n*/ { id: '{count, plural, =1 {Voice message} one {# voice message} other {# voice messages}}' },
  file: /*i18n*/ { id: '{count, plural, one {# file} other {# files}}' },
};

function kindOf(file: AnyFile): Kind {
  if (isVoice(file)) return 'voice';
  if ('kind' in file) return file.kind === 'pdf' ? 'file' : file.kind;
  const looks = looksOf(file);
  return looks === 'card' ? 'file' : looks;
}

/** The most that a picture or a grid of them takes, in px, where there is room. */
export const MOST_WIDE = 420;
const MOST_HIGH = 340;
const LEAST_WIDE = 120;
const LEAST_HIGH = 56;
const LEAST_VIDEO_WIDE = 240;
const LEAST_VIDEO_HIGH = 120;
const ROW_HIGH = 140;

interface Frame {
  width: number;
  height: number;
}

/** The frame of one picture or of a grid of them: known before any of it has come, so that nothing moves when it does. */
export function frameOf(files: readonly { width?: number; height?: number }[]): Frame {
  const [first] = files;
  if (files.length === 1) {
    const { width = 320, height = 240 } = first ?? {};
    const scale = Math.min(1, MOST_WIDE / width, MOST_HIGH / height);
    return { width: Math.max(LEAST_WIDE, width * scale), height: Math.max(LEAST_HIGH, height * scale) };
  }
  return { width: MOST_WIDE, height: gridHigh(files.length) };
}

/** The same of a video: the least that its buttons need, in its own proportions. */
export function videoFrame({ width = 1280, height = 720 }: { width?: number; height?: number }): Frame {
  const scale = Math.max(LEAST_VIDEO_WIDE / width, Math.min(1, MOST_WIDE / width, MOST_HIGH / height));
  return { width: width * scale, height: Math.min(MOST_HIGH, Math.max(LEAST_VIDEO_HIGH, height * scale)) };
}

function gridHigh(count: number): number {
  if (count === 2) return MOST_WIDE / 2;
  if (count <= 4) return (MOST_WIDE / 4) * 3;
  return Math.ceil(count / 3) * ROW_HIGH;
}

/** How high a card is in files.css: of a document or a voice message, and of something else to listen to. */
const CARD_HIGH = 60;
const AUDIO_HIGH = 84;

export function cardHigh(file: AnyFile): number {
  return looksOf(file) === 'audio' && !isVoice(file) ? AUDIO_HIGH : CARD_HIGH;
}

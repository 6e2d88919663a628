import { i18n } from '@lingui/core';
import { ApiError } from '@/client/error';

export interface Bounds {
  /** The server takes no more pixels a side, and no more bytes. */
  side: number;
  bytes: number;
  /** What is larger is made so small. */
  fit: number;
}

export const EMOJI_BOUNDS: Bounds = { side: 256, bytes: 256 * 1024, fit: 128 };
export const STICKER_BOUNDS: Bounds = { side: 512, bytes: 512 * 1024, fit: 360 };
const QUALITY = 0.92;

/** A picture as it can be uploaded: made as small as it is shown, but for a GIF, which moves and stays as it is. Throws
 *  ApiError with words for people. */
export async function prepared(file: File, bounds: Bounds): Promise<Blob> {
  const image = await opened(file);
  try {
    if (file.type === 'image/gif') return whole(file, image, bounds);
    const blob = await drawn(image, bounds.fit);
    if (blob.size > bounds.bytes) throw refusal(i18n.t('{file} is too large.', { file: file.name }));
    return blob;
  } finally {
    URL.revokeObjectURL(image.src);
  }
}

function whole(file: File, image: HTMLImageElement, { side, bytes }: Bounds): Blob {
  if (Math.max(image.naturalWidth, image.naturalHeight) > side)
    throw refusal(i18n.t('{file} is too large: a GIF can have {side} pixels a side.', { file: file.name, side }));
  if (file.size > bytes)
    throw refusal(i18n.t('{file} is too large: a GIF can have {size} KB.', { file: file.name, size: bytes / 1024 }));
  return file;
}

async function opened(file: File): Promise<HTMLImageElement> {
  const image = new Image();
  image.src = URL.createObjectURL(file);
  try {
    await image.decode();
  } catch {
    URL.revokeObjectURL(image.src);
    throw refusal(i18n.t('{file} is not a picture that can be shown here.', { file: file.name }));
  }
  return image;
}

function drawn(image: HTMLImageElement, fit: number): Promise<Blob> {
  const scale = Math.min(1, fit / Math.max(image.naturalWidth, image.naturalHeight));
  const canvas = document.createElement('canvas');
  canvas.width = Math.max(1, Math.round(image.naturalWidth * scale));
  canvas.height = Math.max(1, Math.round(image.naturalHeight * scale));
  const context = canvas.getContext('2d');
  if (context === null) throw refusal(i18n.t('This browser cannot draw pictures.'));
  context.imageSmoothingQuality = 'high';
  context.drawImage(image, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve, reject) => {
    canvas.toBlob(
      (blob) => (blob === null ? reject(refusal(i18n.t('This picture cannot be drawn here.'))) : resolve(blob)),
      'image/webp',
      QUALITY,
    );
  });
}

function refusal(words: string): ApiError {
  return new ApiError('bad_request', words);
}

import type { ClientFrame, ServerFrame } from './ops.gen';

/** The text of one WebSocket message, which holds one frame or, under backlog, several, one a line. A line that is no
 *  JSON object with a `t` is left out: the log's numbers show what is missing, and a fetch brings it. */
export function decodeFrames(text: string): ServerFrame[] {
  const frames: ServerFrame[] = [];
  for (const line of text.split('\n')) {
    if (line.trim() === '') continue;
    const frame = parseObject(line);
    if (frame !== undefined && typeof frame.t === 'string') frames.push(frame as unknown as ServerFrame);
  }
  return frames;
}

export function encodeFrame(frame: ClientFrame): string {
  return JSON.stringify(frame);
}

function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

import { crc32, deflateSync } from 'node:zlib';

const WIDTH = 1200;
const HEIGHT = 675;
type Colour = readonly [number, number, number];

const HILLS: readonly { colour: Colour; top: number; swing: number; length: number; shift: number }[] = [
  { colour: [0x9f, 0xc3, 0xb4], top: 370, swing: 60, length: 190, shift: 0 },
  { colour: [0x5d, 0x9c, 0x8a], top: 440, swing: 65, length: 260, shift: 2 },
  { colour: [0x2f, 0x77, 0x67], top: 520, swing: 50, length: 170, shift: 4 },
  { colour: [0x0b, 0x4b, 0x41], top: 600, swing: 40, length: 300, shift: 1 },
];

const between = (from: Colour, to: Colour, part: number): Colour => from.map((one, nth) => Math.round(one + (to[nth]! - one) * part)) as unknown as Colour;

function colourAt(x: number, y: number): Colour {
  for (const { colour, top, swing, length, shift } of HILLS.toReversed())
    if (y > top + swing * Math.sin(x / length + shift) + 12 * Math.sin(x / 61 + shift)) return colour;
  if (Math.hypot(x - 820, y - 230) < 74) return [0xff, 0xfa, 0xf0];
  return between([0xf3, 0xb9, 0x6f], [0xfd, 0xf0, 0xd5], Math.min(1, y / 480));
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const out = Buffer.alloc(body.length + 8);
  out.writeUInt32BE(data.length, 0);
  body.copy(out, 4);
  out.writeUInt32BE(crc32(body), body.length + 4);
  return out;
}

/** Hills under a low sun: a PNG, the same to the last byte each time. */
export function hills(): Buffer {
  const rows = Buffer.alloc(HEIGHT * (WIDTH * 3 + 1));
  for (let y = 0, to = 0; y < HEIGHT; y++) {
    rows[to++] = 0;
    for (let x = 0; x < WIDTH; x++) for (const part of colourAt(x, y)) rows[to++] = part;
  }
  const head = Buffer.alloc(13);
  head.writeUInt32BE(WIDTH, 0);
  head.writeUInt32BE(HEIGHT, 4);
  head.set([8, 2, 0, 0, 0], 8);
  const sign = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([sign, chunk('IHDR', head), chunk('IDAT', deflateSync(rows)), chunk('IEND', Buffer.alloc(0))]);
}

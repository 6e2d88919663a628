import { crc32, deflateSync } from 'node:zlib';

type Colour = readonly number[];

/** A PNG (RFC 2083) of these rows, each of one colour: one number of a grey picture, three of a coloured one. */
export function png(width: number, rows: readonly Colour[]): Buffer {
  const chunk = (type: string, data: Buffer): Buffer => {
    const body = Buffer.concat([Buffer.from(type), data]);
    const ends = Buffer.alloc(8);
    ends.writeUInt32BE(data.length, 0);
    ends.writeUInt32BE(crc32(body), 4);
    return Buffer.concat([ends.subarray(0, 4), body, ends.subarray(4)]);
  };
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(rows.length, 4);
  head.set([8, rows[0]?.length === 3 ? 2 : 0, 0, 0, 0], 8);
  const lines = rows.map((colour) => Buffer.from([0, ...Array.from({ length: width }, () => colour).flat()]));
  const data = deflateSync(Buffer.concat(lines));
  return Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), chunk('IHDR', head), chunk('IDAT', data), chunk('IEND', Buffer.alloc(0))]);
}

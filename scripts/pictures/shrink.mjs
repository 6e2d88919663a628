// shrink.mjs FILE.png…: gives pictures of a screen a palette of 256 colours; what is on most of them stays exactly what it
// is, other colours become their nearest. A third of the size, and no difference that an eye sees.
import { readFileSync, writeFileSync } from 'node:fs';
import { crc32, deflateSync, inflateSync } from 'node:zlib';

const SIGN = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const RGB = 2;
const PALETTE = 3;
const RGBA = 6;

/** The chunks of a PNG: its head, and the data of those of one type joined. */
function read(file) {
  const bytes = readFileSync(file);
  if (!bytes.subarray(0, 8).equals(SIGN)) throw new Error(`${file} is no PNG`);
  const data = [];
  let head;
  for (let at = 8; at < bytes.length; ) {
    const length = bytes.readUInt32BE(at);
    const type = bytes.toString('latin1', at + 4, at + 8);
    const body = bytes.subarray(at + 8, at + 8 + length);
    if (type === 'IHDR') head = body;
    if (type === 'IDAT') data.push(body);
    at += length + 12;
  }
  const [depth, kind, , , interlaced] = head.subarray(8);
  return { width: head.readUInt32BE(0), height: head.readUInt32BE(4), depth, kind, interlaced, data: Buffer.concat(data) };
}

/** Of left, above and above left, the one nearest to their sum. */
function paeth(left, up, corner) {
  const guess = left + up - corner;
  const [a, b, c] = [Math.abs(guess - left), Math.abs(guess - up), Math.abs(guess - corner)];
  return a <= b && a <= c ? left : b <= c ? up : corner;
}

/** Each pixel as one number, 0xRRGGBB. */
function pixelsOf({ width, height, kind, data }) {
  const step = kind === RGBA ? 4 : 3;
  const line = width * step;
  const rows = inflateSync(data);
  const pixels = new Uint32Array(width * height);
  let above = new Uint8Array(line);
  for (let y = 0; y < height; y++) {
    const filter = rows[y * (line + 1)];
    const row = new Uint8Array(rows.subarray(y * (line + 1) + 1, (y + 1) * (line + 1)));
    for (let i = 0; i < line; i++) {
      const left = i < step ? 0 : row[i - step];
      const corner = i < step ? 0 : above[i - step];
      row[i] += [0, left, above[i], (left + above[i]) >> 1, paeth(left, above[i], corner)][filter];
    }
    for (let x = 0; x < width; x++) pixels[y * width + x] = (row[x * step] << 16) | (row[x * step + 1] << 8) | row[x * step + 2];
    above = row;
  }
  return pixels;
}

const apart = (a, b) => Math.max(Math.abs((a >> 16) - (b >> 16)), Math.abs(((a >> 8) & 255) - ((b >> 8) & 255)), Math.abs((a & 255) - (b & 255)));
const nearest = (palette, colour) => palette.reduce((best, one, place) => (apart(one, colour) < apart(palette[best], colour) ? place : best), 0);

/** As many of the most frequent colours are kept whatever is near them: they are those of whole areas. */
const KEPT = 64;

/** The most frequent colours, and of the others those that are further apart than the least distance with which 256 are enough. */
function paletteOf(pixels) {
  const counts = new Map();
  for (const pixel of pixels) counts.set(pixel, (counts.get(pixel) ?? 0) + 1);
  const colours = [...counts.keys()].sort((a, b) => counts.get(b) - counts.get(a) || a - b);
  for (let distance = 0; ; distance += 2) {
    const palette = colours.slice(0, KEPT);
    for (const colour of colours.slice(KEPT)) {
      if (palette.every((one) => apart(one, colour) > distance)) palette.push(colour);
      if (palette.length > 256) break;
    }
    if (palette.length <= 256) return palette;
  }
}

function chunk(type, data) {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const out = Buffer.alloc(body.length + 8);
  out.writeUInt32BE(data.length, 0);
  body.copy(out, 4);
  out.writeUInt32BE(crc32(body), body.length + 4);
  return out;
}

function shrink(file) {
  const picture = read(file);
  if (picture.kind === PALETTE) return;
  if (picture.depth !== 8 || picture.interlaced !== 0 || ![RGB, RGBA].includes(picture.kind)) throw new Error(`${file} is not as browsers write them`);
  const { width, height } = picture;
  const pixels = pixelsOf(picture);
  const palette = paletteOf(pixels);
  const places = new Map();
  const rows = Buffer.alloc(height * (width + 1));
  for (let at = 0; at < pixels.length; at++) {
    const colour = pixels[at];
    if (!places.has(colour)) places.set(colour, nearest(palette, colour));
    rows[at + Math.floor(at / width) + 1] = places.get(colour);
  }
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([8, PALETTE], 8);
  const colours = Buffer.from(palette.flatMap((one) => [one >> 16, (one >> 8) & 255, one & 255]));
  const parts = [chunk('IHDR', head), chunk('PLTE', colours), chunk('IDAT', deflateSync(rows, { level: 9 })), chunk('IEND', Buffer.alloc(0))];
  writeFileSync(file, Buffer.concat([SIGN, ...parts]));
}

for (const file of process.argv.slice(2)) shrink(file);

const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz#$%*+,-.:;=?@[]^_{|}~';

function decode83(text: string): number {
  let value = 0;
  for (const char of text) {
    const digit = DIGITS.indexOf(char);
    if (digit < 0) return Number.NaN;
    value = value * 83 + digit;
  }
  return value;
}

const linear = (value: number): number => {
  const share = value / 255;
  return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
};

const shown = (value: number): number => {
  const share = Math.max(0, Math.min(1, value));
  return Math.round(255 * (share <= 0.0031308 ? share * 12.92 : 1.055 * share ** (1 / 2.4) - 0.055));
};

const signed = (value: number): number => Math.sign(value) * value * value;

/** The pixels of a BlurHash, width × height × 4 bytes; undefined when it is none. https://blurha.sh */
export function pixelsOf(hash: string, width: number, height: number): Uint8ClampedArray<ArrayBuffer> | undefined {
  const size = decode83(hash.slice(0, 1));
  const columns = (size % 9) + 1;
  const rows = Math.floor(size / 9) + 1;
  if (Number.isNaN(size) || hash.length !== 4 + 2 * columns * rows) return undefined;
  const most = (decode83(hash.slice(1, 2)) + 1) / 166;
  const parts: [number, number, number][] = [];
  for (let n = 0; n < columns * rows; n++) {
    const value = decode83(n === 0 ? hash.slice(2, 6) : hash.slice(4 + n * 2, 6 + n * 2));
    if (Number.isNaN(value)) return undefined;
    parts.push(
      n === 0
        ? [linear(value >> 16), linear((value >> 8) & 255), linear(value & 255)]
        : [
            signed((Math.floor(value / 361) - 9) / 9) * most,
            signed(((Math.floor(value / 19) % 19) - 9) / 9) * most,
            signed(((value % 19) - 9) / 9) * most,
          ],
    );
  }
  const pixels = new Uint8ClampedArray(width * height * 4);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const sum = [0, 0, 0];
      for (const [n, part] of parts.entries()) {
        const weight =
          Math.cos((Math.PI * x * (n % columns)) / width) * Math.cos((Math.PI * y * Math.floor(n / columns)) / height);
        for (let c = 0; c < 3; c++) sum[c] = (sum[c] ?? 0) + (part[c] ?? 0) * weight;
      }
      pixels.set([...sum.map(shown), 255], 4 * (y * width + x));
    }
  return pixels;
}

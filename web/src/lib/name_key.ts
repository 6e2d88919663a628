/** What names are compared by, as the server does it (common/name_key.h): without case, width, and the ways to write a
 *  letter; ß is ss, ς is σ, and ı is no i. */
export function nameKey(name: string): string {
  return name
    .normalize('NFKC')
    .toLowerCase()
    .replace(/(?!ı)[\u0080-\u{10ffff}]/gu, (letter) => letter.toUpperCase().toLowerCase())
    .normalize('NFKC');
}

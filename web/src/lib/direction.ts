/** Whether the language is written from right to left. */
export function isRtl(): boolean {
  return document.documentElement.dir === 'rtl';
}

/** The keys that lead on and back in a row: the arrows point where the next one is. */
export function arrows(): { next: string; previous: string } {
  return isRtl() ? { next: 'ArrowLeft', previous: 'ArrowRight' } : { next: 'ArrowRight', previous: 'ArrowLeft' };
}

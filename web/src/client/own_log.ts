import type { UserHead } from '@/protocol/ops.gen';

/** How far I have heard my own log, whose `user` frames are numbered by useq. */
export class OwnLog {
  /** Unknown until a resume has told it: what is then true, the list of rooms says. */
  #useq: number | undefined;

  get useq(): number | undefined {
    return this.#useq;
  }

  /** The numbers are of another epoch. */
  forget(): void {
    this.#useq = undefined;
  }

  /** Takes what a resume says. False: frames are missing that will not come; the list must be read. */
  resumed({ head, limited }: UserHead): boolean {
    const before = this.#useq;
    if (before !== undefined && !limited && head >= before) return true;
    this.#useq = head;
    return before === undefined;
  }

  /** The log is said to go that far: frames were lost that should have come before this was said. */
  isBehind(head: number | undefined): boolean {
    return head !== undefined && this.#useq !== undefined && head > this.#useq;
  }

  /** Where a frame stands. A resume may tell a second time what has come meanwhile: a room must not be left and entered
   *  anew by that, so what is `known` is dropped. */
  take(useq: number): 'known' | 'next' | 'gap' {
    const before = this.#useq;
    if (before === undefined) return 'next';
    if (useq <= before) return 'known';
    this.#useq = useq;
    return useq === before + 1 ? 'next' : 'gap';
  }
}

import { execFileSync } from 'node:child_process';
import { mkdirSync, statfsSync } from 'node:fs';

const SIZE_MB = 2048;

/** The disk of the database: a small file system in memory of its own, where that is allowed, so that it can be full. */
export class Disk {
  readonly dir: string;
  /** False: it is a plain directory, and cannot be filled without filling the machine's. */
  readonly own: boolean;

  constructor(dir: string) {
    this.dir = dir;
    mkdirSync(dir, { mode: 0o711 });
    this.own = mounts(['-t', 'tmpfs', '-o', `size=${SIZE_MB}m,mode=0711`, 'parley-faults', dir]);
  }

  /** From now on it takes no more than it holds. */
  fill(): void {
    const { bsize, blocks, bfree } = statfsSync(this.dir);
    // A file system in memory may be made as small as what it holds, and no smaller; meanwhile it may have grown.
    for (let spare = 0; spare < 64; spare += 4) {
      if (mounts(['-o', `remount,size=${bsize * (blocks - bfree + spare)}`, this.dir])) return;
    }
    throw new Error(`${this.dir} could not be filled`);
  }

  empty(): void {
    if (!mounts(['-o', `remount,size=${SIZE_MB}m`, this.dir])) throw new Error(`${this.dir} stays full`);
  }

  remove(): void {
    if (this.own) execFileSync('umount', ['--lazy', this.dir], { stdio: 'ignore' });
  }
}

function mounts(words: string[]): boolean {
  try {
    execFileSync('mount', words, { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

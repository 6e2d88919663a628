import { useEffect, useState } from 'react';

/** A module that is fetched when it is needed first, and known to all who need it from then on. */
export class Lazy<T> {
  readonly #load: () => Promise<T>;
  #value: T | undefined;
  #coming: Promise<T | undefined> | undefined;

  constructor(load: () => Promise<T>) {
    this.#load = load;
  }

  get value(): T | undefined {
    return this.#value;
  }

  /** Undefined when it could not be fetched; the next to ask tries again. */
  get(): Promise<T | undefined> {
    this.#coming ??= this.#load().then(
      (value) => {
        this.#value = value;
        return value;
      },
      () => {
        this.#coming = undefined;
        return undefined;
      },
    );
    return this.#coming;
  }
}

/** The value once it is there. `wanted`: whether to fetch it at all. */
export function useLazy<T>(lazy: Lazy<T>, wanted = true): T | undefined {
  const [, again] = useState(0);
  const value = wanted ? lazy.value : undefined;
  useEffect(() => {
    // It may have come since this was drawn, which is not known yet.
    if (!wanted || value !== undefined) return;
    let gone = false;
    void lazy.get().then(() => {
      if (!gone) again((n) => n + 1);
    });
    return () => {
      gone = true;
    };
  }, [lazy, wanted, value]);
  return value;
}

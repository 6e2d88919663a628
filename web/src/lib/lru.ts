/** Keeps what was made last, up to a total weight. What was asked for longest ago goes first. */
export class Lru<K, V> {
  readonly #max: number;
  readonly #weigh: (key: K) => number;
  readonly #values = new Map<K, V>();
  #weight = 0;

  constructor(max: number, weigh: (key: K) => number) {
    this.#max = max;
    this.#weigh = weigh;
  }

  get size(): number {
    return this.#values.size;
  }

  get(key: K, make: () => V): V {
    if (this.#values.has(key)) {
      const known = this.#values.get(key) as V;
      this.#values.delete(key);
      this.#values.set(key, known);
      return known;
    }
    const made = make();
    this.#values.set(key, made);
    this.#weight += this.#weigh(key);
    for (const oldest of this.#values.keys()) {
      if (this.#weight <= this.#max || this.#values.size === 1) break;
      this.#values.delete(oldest);
      this.#weight -= this.#weigh(oldest);
    }
    return made;
  }
}

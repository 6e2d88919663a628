/** Typed events: `Events` maps a name to what its listeners are given. */
export class Emitter<Events extends object> {
  readonly #listeners = new Map<keyof Events, Set<(arg: never) => void>>();

  on<K extends keyof Events>(name: K, listener: (arg: Events[K]) => void): () => void {
    const set = this.#listeners.get(name) ?? new Set();
    this.#listeners.set(name, set);
    set.add(listener as (arg: never) => void);
    return () => set.delete(listener as (arg: never) => void);
  }

  emit<K extends keyof Events>(name: K, arg: Events[K]): void {
    for (const listener of [...(this.#listeners.get(name) ?? [])]) (listener as (arg: Events[K]) => void)(arg);
  }
}

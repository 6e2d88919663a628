import { type IDBPDatabase, type OpenDBCallbacks, openDB } from 'idb';

/** A database of the browser's that is opened when it is used first, and again by the next use when that failed, or when
 *  the browser or a newer page took it away. */
export class Database<Schema = unknown> {
  readonly #name: string;
  readonly #version: number;
  readonly #upgrade: OpenDBCallbacks<Schema>['upgrade'];
  #db: Promise<IDBPDatabase<Schema>> | undefined;

  constructor(name: string, version: number, upgrade: OpenDBCallbacks<Schema>['upgrade']) {
    this.#name = name;
    this.#version = version;
    this.#upgrade = upgrade;
  }

  open(): Promise<IDBPDatabase<Schema>> {
    const forget = (): void => {
      this.#db = undefined;
    };
    this.#db ??= openDB<Schema>(this.#name, this.#version, {
      ...(this.#upgrade === undefined ? {} : { upgrade: this.#upgrade }),
      blocking: (_now, _next, event) => {
        forget();
        (event.target as IDBDatabase).close();
      },
      terminated: forget,
    }).catch((error: unknown) => {
      forget();
      throw error;
    });
    return this.#db;
  }
}

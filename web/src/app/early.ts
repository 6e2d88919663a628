/** An answer that public/early.js has asked for; undefined when it was not to be asked for. */
interface Early {
  /** By performance.now(). */
  at: number;
  answer: Promise<Response | undefined>;
}

declare global {
  var parleyEarly: Map<string, Early> | undefined;
}

/** What is older says nothing of now. */
const FRESH_MS = 10_000;

export function isAskedEarly(): boolean {
  return globalThis.parleyEarly !== undefined;
}

/** `fetch`, but for what has been asked for while the client was on its way: of that it brings the answer, once. */
export async function fetchOrEarly(input: string, init: RequestInit): Promise<Response> {
  const { authorization = '' } = init.headers as Record<string, string>;
  const key = `${init.method} ${input} ${authorization}`;
  const early = globalThis.parleyEarly?.get(key);
  globalThis.parleyEarly?.delete(key);
  if (early === undefined || performance.now() - early.at > FRESH_MS) return fetch(input, init);
  return (await early.answer) ?? fetch(input, init);
}

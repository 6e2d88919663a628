// All links of a run, in a process of their own: what they carry must not wait for the clients' event loop.
import { type Address, Link, type LinkStats, type Mode } from './proxy.ts';

export type Order =
  | { do: 'open'; link: string; at: Address; to: Address }
  | { do: 'set'; link: string; mode: Mode }
  | { do: 'cut'; link: string; share: number }
  | { do: 'stats' };
export interface Question {
  id: number;
  order: Order;
}
export interface Answer {
  id: number;
  error?: string;
  stats?: Record<string, LinkStats>;
}

const links = new Map<string, Link>();

function link(name: string): Link {
  const found = links.get(name);
  if (found === undefined) throw new Error(`there is no link ${name}`);
  return found;
}

async function obey(order: Order): Promise<Partial<Answer>> {
  if (order.do === 'open') {
    const made = new Link(order.to);
    await made.listen(order.at);
    links.set(order.link, made);
  } else if (order.do === 'set') link(order.link).set(order.mode);
  else if (order.do === 'cut') link(order.link).cut(order.share);
  else return { stats: Object.fromEntries([...links].map(([name, one]) => [name, one.stats()])) };
  return {};
}

process.on('message', ({ id, order }: Question) => {
  obey(order).then(
    (answer) => process.send?.({ id, ...answer }),
    (error: unknown) => process.send?.({ id, error: String(error) }),
  );
});
// Its only master is gone.
process.on('disconnect', () => process.exit(0));
// The terminal's Ctrl-C is the master's to handle.
process.on('SIGINT', () => {});

import { MSG_SVCS } from '../system.ts';
import { killAt } from './failpoint.ts';
import { type Fault, nothing } from './fault.ts';

function kill(name: string, program: string, doc: string): Fault {
  return {
    name,
    doc,
    touches: [program],
    short_ms: 1_000,
    long_ms: 8_000,
    inject: async ({ system }) => {
      await system.program(program).kill('SIGKILL');
      return nothing;
    },
  };
}

export const service_faults: readonly Fault[] = [
  killAt({
    name: 'msg-kill-before-commit',
    doc: 'A msg-svc dies before its transaction is committed.',
    failpoint: 'msg.before_commit',
    programs: MSG_SVCS,
  }),
  killAt({
    name: 'msg-kill-after-commit',
    doc: 'A msg-svc dies after its COMMIT, before anybody was told.',
    failpoint: 'msg.after_commit',
    programs: MSG_SVCS,
  }),
  killAt({
    name: 'msg-kill-before-ack',
    doc: 'A msg-svc dies after it told everybody, before the stream knows that the entries are done.',
    failpoint: 'msg.before_ack',
    programs: MSG_SVCS,
  }),
  {
    name: 'msg-freeze',
    doc: 'A msg-svc stands still for longer than a take-over takes, and then goes on as if nothing had been.',
    touches: MSG_SVCS,
    short_ms: 6_500,
    long_ms: 30_000,
    inject: async ({ note, random, system }) => {
      const victim = system.program(random.pick(MSG_SVCS));
      note(victim.name);
      victim.signal('SIGSTOP');
      return async () => victim.signal('SIGCONT');
    },
  },
  kill('auth-kill', 'auth-svc-0', 'auth-svc is killed.'),
  kill('presence-kill', 'presence-svc-0', 'presence-svc is killed.'),
  kill('haproxy-kill', 'haproxy', 'The balancer is killed, and with it every client connection.'),
];

import { i18n, type MessageDescriptor } from '@lingui/core';
import { useEffect, useState } from 'react';
import type { AckTimes } from '@/client/latency';
import { type Anchor, Floating } from '@/components/Floating';
import { ago } from '@/lib/time';
import { useConnection } from '@/state/connection';
import { useChat, useStore } from '@/state/context';
import { CONNECTION_NAMES } from './ConnectionSign';
import '@/styles/connection.css';

/** While somebody looks. */
const MEASURE_MS = 3_000;

type Stage = 'network' | 'gateway' | 'queue' | 'commit';

const STAGES: { stage: Stage; name: MessageDescriptor }[] = [
  { stage: 'network', name: /*i18n*/ { id: 'Network, there and back' } },
  { stage: 'gateway', name: /*i18n*/ { id: 'Gateway and fan-out' } },
  { stage: 'queue', name: /*i18n*/ { id: 'Waiting for its turn' } },
  { stage: 'commit', name: /*i18n*/ { id: 'Writing to the database' } },
];

/** How fast the line is, where the time of my last message went, and what waits. */
export function ConnectionCard({ anchor, onClose }: { anchor: Anchor; onClose: () => void }) {
  const chat = useChat();
  const { status, retry_at } = useConnection();
  const round_trip = useStore(chat.socket.latency.round_trip);
  const last = useStore(chat.socket.latency.last_ack);
  const waiting = useStore(chat.outbox.entries).filter((entry) => entry.state === 'pending').length;
  const now = useSeconds();
  const online = status === 'online';
  useEffect(() => {
    if (!online) return;
    chat.socket.nudge();
    const timer = setInterval(() => chat.socket.nudge(), MEASURE_MS);
    return () => clearInterval(timer);
  }, [chat, online]);
  const wait = retry_at === undefined ? 0 : Math.ceil((retry_at - now) / 1000);
  return (
    <Floating label={i18n.t('Connection')} anchor={anchor} onClose={onClose} className="connection-card">
      <p className={`connection-state is-${status}`}>
        <span className="connection-dot" aria-hidden="true" />
        {i18n.t(CONNECTION_NAMES[status])}
      </p>
      <dl className="connection-facts">
        {online && (
          <>
            <dt>{i18n.t('Round trip')}</dt>
            <dd>{round_trip === undefined ? '…' : milliseconds(round_trip)}</dd>
          </>
        )}
        {!online && wait > 0 && (
          <>
            <dt>{i18n.t('Next try')}</dt>
            <dd>{i18n.t('in {seconds} s', { seconds: wait })}</dd>
          </>
        )}
        <dt>{i18n.t('Messages waiting')}</dt>
        <dd>{waiting.toLocaleString(i18n.locale)}</dd>
      </dl>
      {last !== undefined && <LastMessage times={last} now={now} />}
      {!online && status !== 'outdated' && (
        <button type="button" className="btn btn-quiet" onClick={() => chat.socket.nudge()}>
          {i18n.t('Try now')}
        </button>
      )}
    </Floating>
  );
}

function LastMessage({ times, now }: { times: AckTimes; now: number }) {
  return (
    <section className="connection-last">
      <h3>
        {i18n.t('Your last message: stored after {time}', { time: milliseconds(times.total) })}
        <small>{ago(times.at, now)}</small>
      </h3>
      <div className="connection-bar" aria-hidden="true">
        {STAGES.map(({ stage }) => (
          <span key={stage} className={`stage-${stage}`} style={{ flexGrow: times[stage] }} />
        ))}
      </div>
      <dl className="connection-facts">
        {STAGES.map(({ stage, name }) => (
          <div key={stage} className="connection-stage">
            <dt>
              <span className={`stage-sign stage-${stage}`} aria-hidden="true" />
              {i18n.t(name)}
            </dt>
            <dd>{milliseconds(times[stage])}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

/** "0.4 ms", "12 ms". */
function milliseconds(ms: number): string {
  const digits = ms < 10 ? 1 : 0;
  const number = ms.toLocaleString(i18n.locale, { maximumFractionDigits: digits });
  return i18n.t('{number} ms', { number });
}

/** Now, once a second. */
function useSeconds(): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1_000);
    return () => clearInterval(timer);
  }, []);
  return now;
}

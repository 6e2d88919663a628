import { useState } from 'react';
import type { Report } from '@/protocol/ops.gen';
import { useChat, useStore } from '@/state/context';
import { Pages } from './Pages';
import { ReportCard } from './ReportCard';
import { usePages } from './usePages';

const PAGE = 30;

/** The queue of reports: what is open, and what became of the others. */
export function ReportList({ room }: { room?: string | undefined }) {
  const chat = useChat();
  const admin = useStore(chat.account.me)?.admin === true;
  const [state, setState] = useState<'open' | 'settled'>('open');
  const pages = usePages<Report>(`${room ?? ''} ${state}`, async (held, signal) => {
    const before = held.at(-1)?.id;
    const query = {
      state,
      limit: PAGE,
      ...(room === undefined ? {} : { room }),
      ...(before === undefined ? {} : { before }),
    };
    const { reports, complete } = await chat.api.call('GET /reports', { query, signal });
    return { rows: reports, complete };
  });
  return (
    <>
      <div className="admin-bar" role="tablist" aria-label="Which reports">
        {(['open', 'settled'] as const).map((one) => (
          <button
            type="button"
            role="tab"
            key={one}
            aria-selected={state === one}
            className={state === one ? 'tab is-on' : 'tab'}
            onClick={() => setState(one)}
          >
            {one === 'open' ? 'Open' : 'Settled'}
          </button>
        ))}
      </div>
      <Pages
        pages={pages}
        icon="flag"
        none={state === 'open' ? 'Nothing waits to be looked at.' : 'Nothing was settled so far.'}
      >
        <ul className="report-list">
          {pages.rows?.map((report) => (
            <li key={report.id}>
              <ReportCard report={report} admin={admin} onSettled={pages.again} />
            </li>
          ))}
        </ul>
      </Pages>
    </>
  );
}

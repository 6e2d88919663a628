import { i18n } from '@lingui/core';
import { useRef, useState } from 'react';
import { idOf, Tabs } from '@/components/Tabs';
import { useKeepFocus } from '@/components/useKeepFocus';
import type { Report } from '@/protocol/ops.gen';
import { useChat, useStore } from '@/state/context';
import { Pages } from './Pages';
import { ReportCard } from './ReportCard';
import { usePages } from './usePages';

const PAGE = 30;
const PANEL = 'reports-part';
const STATES = [
  {
    key: 'open',
    name: /*i18n*/ { id: 'open (state)', message: 'Open', comment: 'Not closed; a button that opens says Open, too' },
  },
  { key: 'settled', name: /*i18n*/ { id: 'Settled' } },
] as const;

/** The queue of reports: what is open, and what became of the others. */
export function ReportList({ room }: { room?: string | undefined }) {
  const chat = useChat();
  const admin = useStore(chat.account.me)?.admin === true;
  const [state, setState] = useState<(typeof STATES)[number]['key']>('open');
  const list = useRef<HTMLDivElement>(null);
  useKeepFocus(list, 'li');
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
      <Tabs
        className="admin-bar"
        label={i18n.t('Which reports')}
        tabs={STATES.map(({ key, name }) => ({ key, name: i18n.t(name) }))}
        on={state}
        onChoose={setState}
        panel={PANEL}
      />
      <div role="tabpanel" id={PANEL} aria-labelledby={idOf(PANEL, state)} ref={list}>
        <Pages
          pages={pages}
          icon="flag"
          none={state === 'open' ? i18n.t('Nothing waits to be looked at.') : i18n.t('Nothing was settled so far.')}
          hint={i18n.t('What people report by the menu of a message comes here.')}
        >
          <ul className="report-list">
            {pages.rows?.map((report) => (
              <li key={report.id}>
                <ReportCard report={report} admin={admin} onSettled={pages.again} />
              </li>
            ))}
          </ul>
        </Pages>
      </div>
    </>
  );
}

import { i18n } from '@lingui/core';
import type { ComponentType } from 'react';
import { Redirect } from 'wouter';
import { Empty } from '@/components/Empty';
import { Icon } from '@/components/Icon';
import { SkeletonRows } from '@/components/Skeleton';
import { paths } from '@/lib/paths';
import { useChat, useStore } from '@/state/context';
import { GroupsPart } from '../groups/GroupsPart';
import { BackLink } from '../rooms/BackLink';
import { type NavPart, PartsNav } from '../settings/PartsNav';
import { AccountsPart } from './AccountsPart';
import { AuditPart } from './AuditPart';
import { EmojiPart } from './EmojiPart';
import { FiguresPart } from './FiguresPart';
import { ReportList } from './ReportList';
import { RoomsPart } from './RoomsPart';
import { ServerPart } from './ServerPart';
import { StickersPart } from './StickersPart';
import '@/styles/people.css';
import '@/styles/settings.css';
import './admin.css';
import './custom.css';

/** One row a part; its name is also its address. */
const PARTS: (NavPart & { Part: ComponentType })[] = [
  { part: 'figures', name: /*i18n*/ { id: 'Overview' }, icon: 'chart', Part: FiguresPart },
  { part: 'people', name: /*i18n*/ { id: 'People' }, icon: 'people', Part: AccountsPart },
  { part: 'rooms', name: /*i18n*/ { id: 'Rooms' }, icon: 'hash', Part: RoomsPart },
  {
    part: 'groups',
    name: /*i18n*/ { id: 'groups (of people)', message: 'Groups', comment: 'Names for several people together' },
    icon: 'at',
    Part: GroupsPart,
  },
  { part: 'reports', name: /*i18n*/ { id: 'Reports' }, icon: 'flag', Part: ReportList },
  { part: 'audit', name: /*i18n*/ { id: 'Audit' }, icon: 'list', Part: AuditPart },
  { part: 'emoji', name: /*i18n*/ { id: 'Emoji' }, icon: 'smile', Part: EmojiPart },
  { part: 'stickers', name: /*i18n*/ { id: 'Stickers' }, icon: 'sticker', Part: StickersPart },
  { part: 'server', name: /*i18n*/ { id: 'Server' }, icon: 'settings', Part: ServerPart },
];

/** For who looks after the server. The server decides who that is, at each request; here it is only what is shown. */
export function AdminScreen({ part = 'figures' }: { part: string | undefined }) {
  const me = useStore(useChat().account.me);
  const shown = PARTS.find((one) => one.part === part);
  if (shown === undefined) return <Redirect to={paths.admin()} replace />;
  return (
    <main className="main">
      <header className="top">
        <BackLink />
        <h1>
          <Icon name="shield" size={18} />
          {i18n.t('Administration')}
        </h1>
      </header>
      {me !== undefined && me.admin !== true ? (
        <Empty icon="shield" title={i18n.t('This is for admins of the server.')}>
          <p>{i18n.t('Somebody who is one can make you one.')}</p>
        </Empty>
      ) : (
        <div className="screen settings">
          <PartsNav label={i18n.t('Administration')} parts={PARTS} shown={shown} path={paths.admin} />
          <section className="screen-body admin-body" aria-label={i18n.t(shown.name)}>
            <h2 className="settings-title">{i18n.t(shown.name)}</h2>
            {me === undefined ? <SkeletonRows count={4} tall /> : <shown.Part />}
          </section>
        </div>
      )}
    </main>
  );
}

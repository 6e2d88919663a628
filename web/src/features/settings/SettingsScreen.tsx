import { i18n } from '@lingui/core';
import type { ComponentType } from 'react';
import { Redirect } from 'wouter';
import { SkeletonRows } from '@/components/Skeleton';
import { paths } from '@/lib/paths';
import type { Me } from '@/protocol/ops.gen';
import { useChat, useStore } from '@/state/context';
import { BotSettings } from '../access/BotSettings';
import { TokenSettings } from '../access/TokenSettings';
import { NotificationSettings } from '../notifications/NotificationSettings';
import { BackLink } from '../rooms/BackLink';
import { AppearanceSettings } from './AppearanceSettings';
import { LoginSettings } from './LoginSettings';
import { type NavPart, PartsNav } from './PartsNav';
import { PrivacySettings } from './PrivacySettings';
import { ProfileSettings } from './ProfileSettings';
import { QuietSettings } from './QuietSettings';
import { StatusSettings } from './StatusSettings';
import { WritingSettings } from './WritingSettings';
import '@/styles/people.css';
import '@/styles/settings.css';

export interface PartProps {
  me: Me;
}

/** One row a part; its name is also its address. */
const PARTS: (NavPart & { Part: ComponentType<PartProps> })[] = [
  { part: 'profile', name: /*i18n*/ { id: 'Profile' }, icon: 'person', Part: ProfileSettings },
  { part: 'appearance', name: /*i18n*/ { id: 'Appearance' }, icon: 'palette', Part: AppearanceSettings },
  { part: 'status', name: /*i18n*/ { id: 'Status' }, icon: 'message', Part: StatusSettings },
  { part: 'notifications', name: /*i18n*/ { id: 'Notifications' }, icon: 'bell', Part: NotificationSettings },
  { part: 'quiet', name: /*i18n*/ { id: 'Do not disturb' }, icon: 'moon', Part: QuietSettings },
  { part: 'writing', name: /*i18n*/ { id: 'Writing' }, icon: 'edit', Part: WritingSettings },
  { part: 'privacy', name: /*i18n*/ { id: 'Privacy' }, icon: 'eye_off', Part: PrivacySettings },
  { part: 'security', name: /*i18n*/ { id: 'Security' }, icon: 'lock', Part: LoginSettings },
  { part: 'tokens', name: /*i18n*/ { id: 'Access tokens' }, icon: 'key', Part: TokenSettings },
  { part: 'bots', name: /*i18n*/ { id: 'Bots' }, icon: 'screen', Part: BotSettings },
];

/** What I say of myself, when I want quiet, and who may not write to me. */
export function SettingsScreen({ part = 'profile' }: { part: string | undefined }) {
  const me = useStore(useChat().account.me);
  const shown = PARTS.find((one) => one.part === part);
  if (shown === undefined) return <Redirect to={paths.settings()} replace />;
  return (
    <main className="main">
      <header className="top">
        <BackLink />
        <h1>{i18n.t('Settings')}</h1>
      </header>
      <div className="screen settings">
        <PartsNav label={i18n.t('Settings')} parts={PARTS} shown={shown} path={paths.settings} />
        <section className="screen-body" aria-label={i18n.t(shown.name)}>
          <h2 className="settings-title">{i18n.t(shown.name)}</h2>
          {me === undefined ? <SkeletonRows count={4} tall /> : <shown.Part me={me} />}
        </section>
      </div>
    </main>
  );
}

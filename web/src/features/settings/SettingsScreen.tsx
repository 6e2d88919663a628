import type { ComponentType } from 'react';
import { Link, Redirect } from 'wouter';
import { Icon, type IconName } from '@/components/Icon';
import { SkeletonRows } from '@/components/Skeleton';
import { paths } from '@/lib/paths';
import type { Me } from '@/protocol/ops.gen';
import { useChat, useStore } from '@/state/context';
import { BotSettings } from '../access/BotSettings';
import { TokenSettings } from '../access/TokenSettings';
import { NotificationSettings } from '../notifications/NotificationSettings';
import { BackLink } from '../rooms/BackLink';
import { PrivacySettings } from './PrivacySettings';
import { ProfileSettings } from './ProfileSettings';
import { QuietSettings } from './QuietSettings';
import { StatusSettings } from './StatusSettings';
import '@/styles/people.css';

export interface PartProps {
  me: Me;
}

/** One row a part; its name is also its address. */
const PARTS: { part: string; name: string; icon: IconName; Part: ComponentType<PartProps> }[] = [
  { part: 'profile', name: 'Profile', icon: 'people', Part: ProfileSettings },
  { part: 'status', name: 'Status', icon: 'message', Part: StatusSettings },
  { part: 'notifications', name: 'Notifications', icon: 'bell', Part: NotificationSettings },
  { part: 'quiet', name: 'Do not disturb', icon: 'moon', Part: QuietSettings },
  { part: 'privacy', name: 'Privacy', icon: 'eye_off', Part: PrivacySettings },
  { part: 'tokens', name: 'Access tokens', icon: 'key', Part: TokenSettings },
  { part: 'bots', name: 'Bots', icon: 'screen', Part: BotSettings },
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
        <h1>Settings</h1>
      </header>
      <div className="screen settings">
        <nav className="settings-parts" aria-label="Settings">
          {PARTS.map((one) => (
            <Link
              key={one.part}
              href={paths.settings(one.part)}
              className={one === shown ? 'side-row is-on' : 'side-row'}
              aria-current={one === shown ? 'page' : undefined}
            >
              <span className="side-sign">
                <Icon name={one.icon} size={17} />
              </span>
              <span className="side-name">{one.name}</span>
            </Link>
          ))}
        </nav>
        <section className="screen-body" aria-label={shown.name}>
          <h2 className="settings-title">{shown.name}</h2>
          {me === undefined ? <SkeletonRows count={4} tall /> : <shown.Part me={me} />}
        </section>
      </div>
    </main>
  );
}

import { i18n } from '@lingui/core';
import { useLocation } from 'wouter';
import type { Activity } from '@/client/activity';
import { paths } from '@/lib/paths';
import { useStore } from '@/state/context';
import { NewDot } from '../rooms/badge';
import { SideLink } from '../rooms/SideLink';
import { useActivity } from './useActivity';

/** The way to what concerns me, and how much of it is new. */
export function ActivityLink() {
  const [location] = useLocation();
  const activity = useActivity();
  return (
    <SideLink href={paths.activity} on={location === paths.activity} icon="activity" name={i18n.t('Activity')}>
      {activity !== undefined && <Unseen activity={activity} />}
    </SideLink>
  );
}

function Unseen({ activity }: { activity: Activity }) {
  const { items, next } = useStore(activity.all.view);
  const seen = useStore(activity.seen);
  const count = items.filter((item) => item.ts > seen).length;
  if (count === 0) return null;
  const all = count === items.length && next !== undefined;
  return (
    <NewDot>
      {all ? `${count}+` : count} {i18n.t('new')}
    </NewDot>
  );
}

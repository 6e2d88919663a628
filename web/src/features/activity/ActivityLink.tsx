import { Link, useLocation } from 'wouter';
import type { Activity } from '@/client/activity';
import { Icon } from '@/components/Icon';
import { paths } from '@/lib/paths';
import { useStore } from '@/state/context';
import { useActivity } from './useActivity';

/** The way to what concerns me, and how much of it is new. */
export function ActivityLink() {
  const [location] = useLocation();
  const activity = useActivity();
  const on = location === paths.activity;
  return (
    <Link href={paths.activity} className={on ? 'side-row is-on' : 'side-row'} aria-current={on ? 'page' : undefined}>
      <span className="side-sign">
        <Icon name="activity" size={17} />
      </span>
      <span className="side-name">Activity</span>
      {activity !== undefined && <Unseen activity={activity} />}
    </Link>
  );
}

function Unseen({ activity }: { activity: Activity }) {
  const { items, next } = useStore(activity.all.view);
  const seen = useStore(activity.seen);
  const count = items.filter((item) => item.ts > seen).length;
  if (count === 0) return null;
  const all = count === items.length && next !== undefined;
  return (
    <span className="badge-count">
      {all ? `${count}+` : count}
      <span className="visually-hidden"> new</span>
    </span>
  );
}

import { Redirect, Route, Switch } from 'wouter';
import { late } from '@/lib/late';
import { paths, patterns } from '@/lib/paths';

const ActivityScreen = late(async () => (await import('@/features/activity/ActivityScreen')).ActivityScreen);
const AdminScreen = late(async () => (await import('@/features/admin/AdminScreen')).AdminScreen);
const DraftsScreen = late(async () => (await import('@/features/drafts/DraftsScreen')).DraftsScreen);
const InboxScreen = late(async () => (await import('@/features/inbox/InboxScreen')).InboxScreen);
const InviteScreen = late(async () => (await import('@/features/rooms/InviteScreen')).InviteScreen);
const LaterScreen = late(async () => (await import('@/features/later/parts')).LaterScreen);
const PeopleScreen = late(async () => (await import('@/features/people/PeopleScreen')).PeopleScreen);
const ReportsScreen = late(async () => (await import('@/features/admin/ReportsScreen')).ReportsScreen);
const SettingsScreen = late(async () => (await import('@/features/settings/SettingsScreen')).SettingsScreen);
const ThreadsScreen = late(async () => (await import('@/features/threads/ThreadsScreen')).ThreadsScreen);

/** What the rooms make room for, each fetched when it is gone to. */
export function Screens() {
  return (
    <Switch>
      <Route path={paths.threads}>
        <ThreadsScreen />
      </Route>
      <Route path={patterns.later}>{({ part }) => <LaterScreen part={part} />}</Route>
      <Route path={paths.drafts}>
        <DraftsScreen />
      </Route>
      <Route path={paths.activity}>
        <ActivityScreen />
      </Route>
      <Route path={paths.inbox}>
        <InboxScreen />
      </Route>
      <Route path={paths.people}>
        <PeopleScreen />
      </Route>
      <Route path={patterns.invite}>{({ token }) => <InviteScreen key={token} token={token} />}</Route>
      <Route path={patterns.settings}>{({ part }) => <SettingsScreen part={part} />}</Route>
      <Route path={patterns.admin}>{({ part }) => <AdminScreen part={part} />}</Route>
      <Route path={patterns.reports}>{({ room }) => <ReportsScreen room={room} />}</Route>
      <Route>
        <Redirect to={paths.home} replace />
      </Route>
    </Switch>
  );
}

import { i18n } from '@lingui/core';
import type { ComponentType } from 'react';
import { Redirect, Route, Switch } from 'wouter';
import { Empty } from '@/components/Empty';
import { late } from '@/lib/late';
import { paths, patterns } from '@/lib/paths';

function Missing() {
  return (
    <main className="main">
      <Empty title={i18n.t('It could not be loaded.')}>
        <button type="button" className="btn btn-primary" onClick={() => location.reload()}>
          {i18n.t('Try again')}
        </button>
      </Empty>
    </main>
  );
}

const screen = <P extends object>(load: () => Promise<ComponentType<P>>): ComponentType<P> => late(load, Missing);

const ActivityScreen = screen(async () => (await import('@/features/activity/ActivityScreen')).ActivityScreen);
const AdminScreen = screen(async () => (await import('@/features/admin/AdminScreen')).AdminScreen);
const DraftsScreen = screen(async () => (await import('@/features/drafts/DraftsScreen')).DraftsScreen);
const InboxScreen = screen(async () => (await import('@/features/inbox/InboxScreen')).InboxScreen);
const InviteScreen = screen(async () => (await import('@/features/rooms/InviteScreen')).InviteScreen);
const LaterScreen = screen(async () => (await import('@/features/later/parts')).LaterScreen);
const PeopleScreen = screen(async () => (await import('@/features/people/PeopleScreen')).PeopleScreen);
const ReportsScreen = screen(async () => (await import('@/features/admin/ReportsScreen')).ReportsScreen);
const SettingsScreen = screen(async () => (await import('@/features/settings/SettingsScreen')).SettingsScreen);
const ThreadsScreen = screen(async () => (await import('@/features/threads/ThreadsScreen')).ThreadsScreen);

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

import { i18n } from '@lingui/core';
import type { ComponentType } from 'react';
import { Link, Redirect, Route, Switch } from 'wouter';
import { Empty } from '@/components/Empty';
import { BackLink } from '@/features/rooms/BackLink';
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

function Nowhere() {
  return (
    <main className="main">
      <header className="top">
        <BackLink />
      </header>
      <Empty icon="compass" title={i18n.t('There is nothing at this address.')}>
        <p>{i18n.t('It may have been cut off, or be of another version.')}</p>
        <Link className="btn btn-primary" href={paths.home}>
          {i18n.t('To the rooms')}
        </Link>
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
      <Route path={patterns.people}>{({ part }) => <PeopleScreen part={part} />}</Route>
      <Route path={patterns.invite}>{({ token }) => <InviteScreen key={token} token={token} />}</Route>
      <Route path={patterns.settings}>{({ part }) => <SettingsScreen part={part} />}</Route>
      <Route path={patterns.admin}>{({ part }) => <AdminScreen part={part} />}</Route>
      <Route path={patterns.reports}>{({ room }) => <ReportsScreen room={room} />}</Route>
      <Route path={paths.login}>
        <Redirect to={paths.home} replace />
      </Route>
      <Route path={paths.register}>
        <Redirect to={paths.home} replace />
      </Route>
      <Route>
        <Nowhere />
      </Route>
    </Switch>
  );
}

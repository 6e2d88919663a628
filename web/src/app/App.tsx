import { lazy, Suspense, useEffect, useMemo, useState } from 'react';
import { Redirect, Route, Switch } from 'wouter';
import { ErrorBoundary } from '@/components/ErrorBoundary';
import { Mark } from '@/components/Icon';
import { paths } from '@/lib/paths';
import type { User } from '@/protocol/ops.gen';
import { SessionContext, useAuth, useStore } from '@/state/context';
import { Drafts } from '@/state/drafts';
import { makeChat } from './make';
import { Shell } from './Shell';
import { syncDrafts } from './syncDrafts';

// Who is logged in needs no door.
const AuthScreen = lazy(async () => ({ default: (await import('@/features/auth/AuthScreen')).AuthScreen }));

/** Which of the app's two halves is shown: the door, or the rooms behind it. */
export function App() {
  const state = useStore(useAuth().state);
  return (
    <ErrorBoundary>
      {state.status === 'unknown' && <Splash />}
      {state.status === 'out' && (
        <Suspense fallback={<Splash />}>
          <Door />
        </Suspense>
      )}
      {state.status === 'in' && <Inside key={state.user.id} user={state.user} />}
    </ErrorBoundary>
  );
}

function Door() {
  return (
    <Switch>
      <Route path={paths.login}>
        <AuthScreen mode="login" />
      </Route>
      <Route path={paths.register}>
        <AuthScreen mode="register" />
      </Route>
      <Route>
        <AuthScreen mode="login" />
      </Route>
    </Switch>
  );
}

function Inside({ user }: { user: User }) {
  const auth = useAuth();
  const [chat] = useState(() => makeChat(auth, user));
  const session = useMemo(() => ({ chat, drafts: new Drafts(user.id) }), [chat, user.id]);
  useEffect(() => {
    chat.start();
    return () => chat.stop();
  }, [chat]);
  useEffect(() => syncDrafts(session), [session]);
  return (
    <SessionContext value={session}>
      <Switch>
        <Route path={paths.login}>
          <Redirect to={paths.home} replace />
        </Route>
        <Route path={paths.register}>
          <Redirect to={paths.home} replace />
        </Route>
        <Route>
          <Shell />
        </Route>
      </Switch>
    </SessionContext>
  );
}

const PATIENCE_MS = 2_500;

/** While it is asked who I am. */
function Splash() {
  const [late, setLate] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), PATIENCE_MS);
    return () => clearTimeout(timer);
  }, []);
  return (
    <main className="door" aria-busy="true">
      <div className="splash">
        <Mark size={56} />
        <p role="status">{late ? 'The server does not answer. Trying again…' : ''}</p>
      </div>
    </main>
  );
}

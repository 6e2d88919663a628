import { i18n } from '@lingui/core';
import { I18nProvider } from '@lingui/react';
import { Suspense, useEffect, useMemo, useState } from 'react';
import { Redirect, Route, Switch } from 'wouter';
import { ErrorBoundary } from '@/components/ErrorBoundary';
import { Mark } from '@/components/Icon';
import { late, lateIfAny } from '@/lib/late';
import { beyond, paths } from '@/lib/paths';
import { pageIsQuiet } from '@/lib/soon';
import type { User } from '@/protocol/ops.gen';
import { SessionContext, useAuth, useStore } from '@/state/context';
import { Drafts } from '@/state/drafts';
import { language } from '@/state/language';
import { chatOf } from './make';
import { Shell } from './Shell';

// Who is logged in needs no door.
const AuthScreen = late(async () => (await import('@/features/auth/AuthScreen')).AuthScreen);

// Nothing of it is needed for the first look.
const UpdateNote = lateIfAny(async () => {
  await pageIsQuiet();
  return (await import('./UpdateNote')).UpdateNote;
});

/** Which of the app's two halves is shown: the door, or the rooms behind it. */
export function App() {
  const state = useStore(useAuth().state);
  // Another language is another tree: what has been rendered in one is not asked for its words again.
  const spoken = useStore(language);
  return (
    <I18nProvider i18n={i18n} key={spoken}>
      <ErrorBoundary>
        {state.status === 'unknown' && <Splash />}
        {state.status === 'out' && (
          <Suspense fallback={<Splash />}>
            <Door />
          </Suspense>
        )}
        {state.status === 'in' && <Inside key={state.user.id} user={state.user} />}
        <Suspense>
          <UpdateNote />
        </Suspense>
      </ErrorBoundary>
    </I18nProvider>
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
  const [chat] = useState(() => chatOf(auth, user));
  const session = useMemo(() => ({ chat, drafts: new Drafts(user.id) }), [chat, user.id]);
  useEffect(() => {
    chat.start();
    return () => chat.stop();
  }, [chat]);
  // Told by a page before, it may be out of date.
  useEffect(() => chat.people.put([user]), [chat, user]);
  return (
    <SessionContext value={session}>
      <Switch>
        <Route path={paths.login}>
          <Redirect to={beyond.path} replace />
        </Route>
        <Route path={paths.register}>
          <Redirect to={beyond.path} replace />
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
        <p role="status">{late ? i18n.t('The server does not answer. Trying again…') : ''}</p>
      </div>
    </main>
  );
}

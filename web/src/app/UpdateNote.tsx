import { i18n } from '@lingui/core';
import { useEffect, useState } from 'react';
import { Button } from '@/components/Button';
import { Icon } from '@/components/Icon';
import { useStore } from '@/state/context';
import { ASK_EVERY_MS, Update, type Workers } from '@/state/update';
import './update.css';

/** One for the page, whichever half of the app it shows. */
const update =
  import.meta.env.PROD && (navigator as Partial<Navigator>).serviceWorker !== undefined
    ? new Update({ workers: navigator.serviceWorker as unknown as Workers, reload: () => location.reload() })
    : undefined;
if (update !== undefined) void update.start().then(keepLoaded);

/** What was loaded before there was a worker, and is not in its list: the language of this person, for one. */
async function keepLoaded(): Promise<void> {
  const { active } = await navigator.serviceWorker.ready;
  active?.postMessage({ keep: performance.getEntriesByType('resource').map((entry) => entry.name) });
}

/** Brings the service worker, and says when it holds a newer client. Nothing is loaded again without being asked to. */
export function UpdateNote() {
  return update === undefined ? null : <Note update={update} />;
}

function Note({ update }: { update: Update }) {
  const ready = useStore(update.ready);
  const [later, setLater] = useState(false);
  const [going, setGoing] = useState(false);
  useEffect(() => {
    const ask = (): void => {
      if (document.visibilityState === 'visible') update.ask();
    };
    const timer = setInterval(ask, ASK_EVERY_MS);
    document.addEventListener('visibilitychange', ask);
    return () => {
      clearInterval(timer);
      document.removeEventListener('visibilitychange', ask);
    };
  }, [update]);
  return (
    <div className="update-place" role="status">
      {ready && !later && (
        <div className="banner update">
          <Icon name="info" size={16} />
          <span>{i18n.t('A new version is ready.')}</span>
          <Button
            type="button"
            className="btn-link"
            off={going}
            onClick={() => {
              setGoing(true);
              update.take();
            }}
          >
            {i18n.t('Reload')}
          </Button>
          <button
            type="button"
            className="btn-icon btn-icon-s"
            aria-label={i18n.t('Not now')}
            title={i18n.t('Not now')}
            onClick={() => setLater(true)}
          >
            <Icon name="close" size={16} />
          </button>
        </div>
      )}
    </div>
  );
}

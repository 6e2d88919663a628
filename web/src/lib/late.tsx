import { i18n } from '@lingui/core';
import { type ComponentType, lazy, useEffect } from 'react';
import { say } from '@/state/notice';

type Load<P> = () => Promise<ComponentType<P>>;

/** A component of a module that is fetched when it is shown first. One that cannot be fetched leaves all around it as it is,
 *  shows what is to be seen instead, or says so, and is asked for anew when it is shown again. */
export function late<P extends object>(load: Load<P>, Missing: ComponentType = Said): ComponentType<P> {
  const Gone = () => {
    // React remembers what it was given for good.
    useEffect(
      () => () => {
        Code = fetched();
      },
      [],
    );
    return <Missing />;
  };
  const fetched = () => lazy<ComponentType<P>>(async () => ({ default: await load().catch(() => Gone) }));
  let Code = fetched();
  return (props: P) => <Code {...props} />;
}

function Said(): null {
  useEffect(() => say(i18n.t('It could not be loaded.')), []);
  return null;
}

/** The same of something that all else goes on without. */
export const lateIfAny = <P extends object>(load: Load<P>): ComponentType<P> => late(load, () => null);

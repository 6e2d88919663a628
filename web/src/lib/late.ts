import { type ComponentType, lazy } from 'react';

/** A component of a module that is fetched when it is shown first. */
export const late = <P extends object>(load: () => Promise<ComponentType<P>>) =>
  lazy(async () => ({ default: await load() }));

/** The same of something that all else goes on without, when it cannot be fetched. */
export const lateIfAny = <P extends object>(load: () => Promise<ComponentType<P>>) =>
  late<P>(() => load().catch(() => () => null));

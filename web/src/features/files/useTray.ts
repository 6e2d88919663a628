import { i18n } from '@lingui/core';
import { type ClipboardEvent, type RefObject, useEffect, useRef, useState } from 'react';
import type { OutboxFile } from '@/client/outbox_store';
import type { Room } from '@/protocol/ops.gen';
import { useStore } from '@/state/context';
import { may } from '@/state/rights';
import { pastedFiles } from '../composer/pasted';
import { coarsePointer } from '../composer/pointer';
import { setTray, trays } from './tray';

const NONE: readonly OutboxFile[] = [];

/** The files that the next message will have: pressed for, pasted or dropped where it is written. */
export function useTray(room: Room, draft: string, form: RefObject<HTMLFormElement | null>) {
  const files = useStore(trays).get(draft) ?? NONE;
  const [problem, setProblem] = useState<string>();
  const allowed = may(room, 'attach_files');

  /** False: not all of them are in it, and it is said why. */
  const take = async (chosen: readonly File[], folders = 0): Promise<boolean> => {
    const why = await takeIn(chosen, folders);
    setProblem(why);
    return why === undefined;
  };
  const takeIn = async (chosen: readonly File[], folders: number): Promise<string | undefined> => {
    if (!allowed) return i18n.t('You may not attach files here.');
    try {
      const { intake } = await import('./intake');
      return await intake(draft, chosen, folders);
    } catch {
      return i18n.t('No connection to the server. Check the network and try again.');
    }
  };
  // Where a pointer chose or took away, keys go on in the field; on a phone that would bring up its keyboard.
  const write = (): void => {
    if (!coarsePointer()) form.current?.querySelector('textarea')?.focus();
  };
  const latest = useRef(take);
  latest.current = take;
  useEffect(() => {
    const zone = form.current?.parentElement;
    let leave: (() => void) | undefined;
    let gone = false;
    void import('./drop').then(({ acceptDrops }) => {
      if (!gone && zone != null) leave = acceptDrops(zone, (chosen, folders) => void latest.current(chosen, folders));
    });
    return () => {
      gone = true;
      leave?.();
    };
  }, [form]);

  return {
    files,
    problem,
    allowed,
    forget: () => setProblem(undefined),
    choose: () =>
      void import('./intake').then(({ chooseFiles }) => chooseFiles((chosen) => void take(chosen).then(write))),
    take,
    pasted: (event: ClipboardEvent): boolean => {
      const chosen = pastedFiles(event);
      if (chosen.length === 0) return false;
      void take(chosen);
      return true;
    },
    remove: (key: string) => {
      setTray(
        draft,
        files.filter((file) => file.key !== key),
      );
      setProblem(undefined);
      write();
    },
    /** What is in it goes with a message. */
    release: (): readonly OutboxFile[] => {
      setTray(draft, NONE);
      setProblem(undefined);
      return files;
    },
  };
}

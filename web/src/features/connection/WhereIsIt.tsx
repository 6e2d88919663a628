import { i18n } from '@lingui/core';
import { useEffect, useState } from 'react';
import { type Anchor, Floating } from '@/components/Floating';
import { useChat, useStore } from '@/state/context';
import { type Whereabouts, whereaboutsOf } from './whereabouts';
import '@/styles/connection.css';

interface Props {
  cmid: string;
  anchor: Anchor;
  onClose: () => void;
}

/** Where a message is that has no answer yet; it closes when the answer is there. */
export function WhereIsIt({ cmid, anchor, onClose }: Props) {
  const chat = useChat();
  const socket = useStore(chat.socket.state);
  const entries = useStore(chat.outbox.entries);
  const [now, setNow] = useState(Date.now);
  const entry = entries.find((one) => one.cmid === cmid);
  const pending = entry?.state === 'pending';
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 500);
    return () => clearInterval(timer);
  }, []);
  useEffect(() => {
    if (!pending) onClose();
  }, [pending, onClose]);
  if (entry === undefined || !pending) return null;
  const { latency } = chat.socket;
  const where = whereaboutsOf({
    entry,
    entries,
    device: chat.outbox.device,
    socket,
    sentAt: (one) => latency.sentAt(one),
  });
  return (
    <Floating label={i18n.t('Where is my message?')} anchor={anchor} onClose={onClose} className="connection-card">
      <h3 className="where-title">{i18n.t('Where is my message?')}</h3>
      <p>{words(where, now)}</p>
      <p className="where-note">{i18n.t('It is not lost: it stays on this device until the server has it.')}</p>
    </Floating>
  );
}

function words(where: Whereabouts, now: number): string {
  switch (where.at) {
    case 'here':
      return i18n.t('On this device. There is no connection to the server; it goes out by itself when there is.');
    case 'files':
      return i18n.t('On this device. Its files are on their way to the server, and it follows them.');
    case 'other_tab':
      return i18n.t('In another tab of this browser, which sends it.');
    case 'behind':
      return i18n.t(
        '{count, plural, one {On this device, behind one message that has no answer yet.} other {On this device, behind # messages that have no answer yet.}}',
        { count: where.count },
      );
    case 'next':
      return i18n.t('On this device. It goes out in a moment.');
    case 'sent': {
      const seconds = Math.max(0, Math.round((now - where.since) / 1000));
      return i18n.t('Sent {seconds} s ago. The server has not said yet that it is stored; it is asked again.', {
        seconds,
      });
    }
  }
}

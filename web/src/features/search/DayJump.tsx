import { i18n } from '@lingui/core';
import { useEffect, useRef, useState } from 'react';
import { useLocation } from 'wouter';
import { paths } from '@/lib/paths';
import { dayKey } from '@/lib/time';
import { useChat } from '@/state/context';
import './day-jump.css';
import { noteMovement } from './movement';

/** The name of a day, which is also the way to another: the browser's own calendar opens under it. */
export function DayJump({ room, ts, name }: { room: string; ts: number; name: string }) {
  const chat = useChat();
  const [, go] = useLocation();
  const input = useRef<HTMLInputElement>(null);
  const [failed, setFailed] = useState(false);
  useEffect(noteMovement, []);
  const jump = async (day: string): Promise<void> => {
    const [year = 0, month = 1, date = 1] = day.split('-').map(Number);
    // The day begins where the reader is.
    const begin = new Date(year, month - 1, date).getTime();
    if (!(begin >= 0)) return;
    try {
      const at = await chat.api.call('GET /rooms/{room}/at', { params: { room }, query: { ts: begin } });
      setFailed(false);
      go(paths.message(room, at.seq));
    } catch {
      setFailed(true);
    }
  };
  return (
    <span className="day-jump">
      <button type="button" title={i18n.t('Jump to a day')} onClick={() => input.current?.showPicker()}>
        {name}
      </button>
      <input
        ref={input}
        type="date"
        tabIndex={-1}
        aria-label={i18n.t('Jump to a day')}
        max={dayKey(Date.now())}
        defaultValue={dayKey(ts)}
        onChange={(event) => {
          if (event.target.value !== '') void jump(event.target.value);
        }}
      />
      {failed && (
        <span className="day-jump-failed" role="alert">
          {i18n.t('That did not work. Try again')}
        </span>
      )}
    </span>
  );
}

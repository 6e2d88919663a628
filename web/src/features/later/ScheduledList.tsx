import { type FormEvent, useCallback, useState } from 'react';
import { Link } from 'wouter';
import { Empty } from '@/components/Empty';
import type { Anchor } from '@/components/Floating';
import { Icon } from '@/components/Icon';
import { SkeletonRows } from '@/components/Skeleton';
import { paths } from '@/lib/paths';
import { excerpt } from '@/lib/text';
import { fullTime } from '@/lib/time';
import type { Scheduled } from '@/protocol/ops.gen';
import { useChat, useStore } from '@/state/context';
import { roomLabel } from '@/state/names';
import { isVoice } from '../files/looks';
import { fileUrl } from '../files/urls';
import { useClock } from '../people/usePerson';
import { useSaving } from '../settings/useSaving';
import { Tool } from './LaterRow';
import { TimeMenu, useZone } from './TimeMenu';
import { whenWords } from './times';
import { usePages } from './usePages';

/** My messages that wait for their time, and those that could not be sent then. */
export function ScheduledList() {
  const chat = useChat();
  const version = useStore(chat.conversation.later.version);
  const fetchPage = useCallback(
    (last: Scheduled | undefined) =>
      chat.api.call('GET /scheduled', { query: last === undefined ? {} : { after: last.id } }),
    [chat],
  );
  const { items, complete, failed, busy, more, again } = usePages(fetchPage, version);
  if (items === undefined) {
    if (!failed) return <SkeletonRows count={3} tall />;
    return (
      <Empty title="It could not be loaded.">
        <button type="button" className="btn btn-quiet" onClick={again}>
          Try again
        </button>
      </Empty>
    );
  }
  return (
    <section className="later-group" aria-label="Scheduled">
      {items.length === 0 && (
        <Empty icon="clock" title="Nothing waits to be sent.">
          <p>Write a message and press the clock beside the button that sends it.</p>
        </Empty>
      )}
      {items.map((item) => (
        <ScheduledRow key={item.id} item={item} />
      ))}
      {!complete && (
        <button type="button" className="btn btn-quiet threads-more" disabled={busy} onClick={more}>
          {failed ? 'Could not load more. Try again' : 'More'}
        </button>
      )}
    </section>
  );
}

const WHY: Record<string, string> = {
  not_member: 'You are not in this room.',
  room_not_found: 'This room is not there for you.',
  forbidden: 'You may not write here.',
  message_not_found: 'What it answers is not there.',
  blocked: 'This person does not take messages from you.',
  muted: 'You are muted here for now.',
  archived: 'This room is archived.',
  file_unknown: 'A file is with the server no more.',
};

function ScheduledRow({ item }: { item: Scheduled }) {
  const chat = useChat();
  const { later } = chat.conversation;
  const room = useStore(chat.list.rooms).get(item.room);
  const now = useClock();
  const zone = useZone();
  const [menu, setMenu] = useState<Anchor>();
  const [editing, setEditing] = useState(false);
  const saving = useSaving();
  const act = (work: Promise<unknown>): void => saving.save(async () => void (await work));
  return (
    <article className={item.error === undefined ? 'later-row' : 'later-row is-failed'}>
      <div className="later-main">
        <span className="later-who">
          <Link href={paths.room(item.room)} className="msg-name">
            <bdi>{room === undefined ? 'A room you are not in' : roomLabel(room)}</bdi>
          </Link>
          {item.thread !== undefined && <span className="later-room">in a thread</span>}
        </span>
        {editing ? <EditText item={item} onClose={() => setEditing(false)} /> : <ScheduledWords item={item} />}
        {item.error === undefined ? (
          <span className="later-when">
            <Icon name="clock" size={14} />
            <time title={fullTime(item.send_at)}>{whenWords(item.send_at, now, zone)}</time>
          </span>
        ) : (
          <span className="later-failed" role="status">
            <Icon name="alert" size={15} />
            Not sent. {WHY[item.error] ?? 'Try again.'}
          </span>
        )}
      </div>
      <div className="later-tools">
        <Tool
          icon="send"
          name={item.error === undefined ? 'Send now' : 'Try again now'}
          busy={saving.busy}
          onPress={() => act(later.reschedule(item.id, { now: true }))}
        />
        <Tool icon="clock" name="Another time" busy={saving.busy} onPress={setMenu} />
        <Tool icon="edit" name="Edit" busy={saving.busy} onPress={() => setEditing(true)} />
        <Tool icon="trash" name="Cancel it" busy={saving.busy} onPress={() => act(later.unschedule(item.id))} />
      </div>
      {saving.error !== undefined && (
        <p className="field-error" role="alert">
          {saving.error.message}
        </p>
      )}
      {menu !== undefined && (
        <TimeMenu
          title="Send it"
          anchor={menu}
          at={item.send_at > now ? item.send_at : undefined}
          onClose={() => setMenu(undefined)}
          onPick={(send_at) => {
            setMenu(undefined);
            act(later.reschedule(item.id, { send_at }));
          }}
        />
      )}
    </article>
  );
}

/** What it will say, and what goes with it. */
function ScheduledWords({ item: { body, files = [] } }: { item: Scheduled }) {
  return (
    <>
      {body !== '' && <span className="later-text">{excerpt(body)}</span>}
      {files.length > 0 && (
        <span className="later-files">
          {files.map((file) =>
            file.kind === 'image' && file.previews.includes('small') ? (
              <img key={file.id} src={fileUrl(file.id, 'small')} alt={file.name} title={file.name} />
            ) : (
              <bdi key={file.id}>
                <Icon name="file" size={14} />
                {isVoice(file) ? 'Voice message' : file.name}
              </bdi>
            ),
          )}
        </span>
      )}
    </>
  );
}

function EditText({ item, onClose }: { item: Scheduled; onClose: () => void }) {
  const { later } = useChat().conversation;
  const [text, setText] = useState(item.body);
  const saving = useSaving();
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    saving.save(async () => {
      await later.reschedule(item.id, { body: text.trim() });
      onClose();
    });
  };
  return (
    <form className="later-edit" onSubmit={submit}>
      <textarea
        className="form-control"
        rows={3}
        aria-label="Text of the message"
        value={text}
        // biome-ignore lint/a11y/noAutofocus: the press on Edit asked for it.
        autoFocus
        onChange={(event) => setText(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === 'Escape') onClose();
        }}
      />
      <div className="later-edit-foot">
        {saving.error !== undefined && <p className="field-error">{saving.error.message}</p>}
        <button type="button" className="btn btn-quiet" onClick={onClose}>
          Cancel
        </button>
        <button type="submit" className="btn btn-primary" disabled={saving.busy || text.trim() === ''}>
          Save
        </button>
      </div>
    </form>
  );
}

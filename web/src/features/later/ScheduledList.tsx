import { i18n, type MessageDescriptor } from '@lingui/core';
import { type FormEvent, useCallback, useState } from 'react';
import { Link } from 'wouter';
import { Button } from '@/components/Button';
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
      <Empty title={i18n.t('It could not be loaded.')}>
        <button type="button" className="btn btn-quiet" onClick={again}>
          {i18n.t('Try again')}
        </button>
      </Empty>
    );
  }
  return (
    <section className="later-group" aria-label={i18n.t('Scheduled')}>
      {items.length === 0 && (
        <Empty icon="clock" title={i18n.t('Nothing waits to be sent.')}>
          <p>{i18n.t('Write a message and press the clock beside the button that sends it.')}</p>
        </Empty>
      )}
      {items.map((item) => (
        <ScheduledRow key={item.id} item={item} />
      ))}
      {!complete && (
        <Button type="button" className="btn btn-quiet threads-more" off={busy} onClick={more}>
          {failed ? i18n.t('Could not load more. Try again') : i18n.t('More')}
        </Button>
      )}
    </section>
  );
}

const TRY_AGAIN = /*i18n*/ { id: 'Try again.' };
const WHY: Record<string, MessageDescriptor> = {
  not_member: /*i18n*/ { id: 'You are not in this room.' },
  room_not_found: /*i18n*/ { id: 'This room is not there for you.' },
  forbidden: /*i18n*/ { id: 'You may not write here.' },
  message_not_found: /*i18n*/ { id: 'What it answers is not there.' },
  blocked: /*i18n*/ { id: 'This person does not take messages from you.' },
  muted: /*i18n*/ { id: 'You are muted here for now.' },
  archived: /*i18n*/ { id: 'This room is archived.' },
  file_unknown: /*i18n*/ { id: 'A file is with the server no more.' },
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
            <bdi>{room === undefined ? i18n.t('A room you are not in') : roomLabel(room)}</bdi>
          </Link>
          {item.thread !== undefined && <span className="later-room">{i18n.t('in a thread')}</span>}
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
            {i18n.t('Not sent. {why}', { why: i18n.t(WHY[item.error] ?? TRY_AGAIN) })}
          </span>
        )}
      </div>
      <div className="later-tools">
        <Tool
          icon="send"
          name={item.error === undefined ? i18n.t('Send now') : i18n.t('Try again now')}
          busy={saving.busy}
          onPress={() => act(later.reschedule(item.id, { now: true }))}
        />
        <Tool icon="clock" name={i18n.t('Another time')} busy={saving.busy} onPress={setMenu} />
        <Tool icon="edit" name={i18n.t('Edit')} busy={saving.busy} onPress={() => setEditing(true)} />
        <Tool
          icon="trash"
          name={i18n.t('Cancel it')}
          busy={saving.busy}
          onPress={() => act(later.unschedule(item.id))}
        />
      </div>
      {saving.error !== undefined && (
        <p className="field-error" role="alert">
          {saving.error.message}
        </p>
      )}
      {menu !== undefined && (
        <TimeMenu
          title={i18n.t('Send it')}
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
      {body !== '' && (
        <span className="later-text" dir="auto">
          {excerpt(body)}
        </span>
      )}
      {files.length > 0 && (
        <span className="later-files">
          {files.map((file) =>
            file.kind === 'image' && file.previews.includes('small') ? (
              <img key={file.id} src={fileUrl(file.id, 'small')} alt={file.name} title={file.name} />
            ) : (
              <bdi key={file.id}>
                <Icon name="file" size={14} />
                {isVoice(file) ? i18n.t('Voice message') : file.name}
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
        aria-label={i18n.t('Text of the message')}
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
          {i18n.t('Cancel')}
        </button>
        <Button type="submit" className="btn btn-primary" off={saving.busy || text.trim() === ''}>
          {i18n.t('Save')}
        </Button>
      </div>
    </form>
  );
}

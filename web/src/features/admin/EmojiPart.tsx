import { i18n } from '@lingui/core';
import { Trans } from '@lingui/react';
import { type ChangeEvent, type FormEvent, useEffect, useRef, useState } from 'react';
import { ApiError } from '@/client/error';
import { Button } from '@/components/Button';
import { Empty } from '@/components/Empty';
import { Icon } from '@/components/Icon';
import { SkeletonRows } from '@/components/Skeleton';
import { useKeepFocus } from '@/components/useKeepFocus';
import { useLazy } from '@/lib/lazy';
import type { Emoji } from '@/protocol/ops.gen';
import { useAuth, useChat } from '@/state/context';
import { emojiName, emojiNameWrong } from '../custom/names';
import { EMOJI_BOUNDS, prepared } from '../custom/prepare';
import { catalogueOf, pictureUrl, useServerEmoji } from '../custom/useCatalogue';
import { emojiData } from '../emoji/lazy';
import { sendPicture } from '../faces/sendPicture';
import { useSaving } from '../settings/useSaving';
import { Sure } from './Sure';

const MOST = 1_000;

/** The emoji of this server: a picture and a name are added, and are there for everybody at once. */
export function EmojiPart() {
  const chat = useChat();
  const emoji = useServerEmoji();
  const [query, setQuery] = useState('');
  const [ending, setEnding] = useState<Emoji>();
  const list = useRef<HTMLUListElement>(null);
  useKeepFocus(list, 'li');
  const shown = [...(emoji?.values() ?? [])].filter(({ name }) => name.includes(query.trim().toLowerCase()));
  return (
    <>
      <p className="form-text">
        <Trans
          id="Everybody can write them as <0>:name:</0> and react with them. A GIF keeps moving."
          components={{ 0: <code /> }}
        />
      </p>
      <NewEmoji known={emoji} />
      {emoji === undefined && <SkeletonRows count={3} />}
      {emoji !== undefined && emoji.size > 12 && (
        <div className="admin-bar">
          <input
            type="search"
            className="form-control"
            aria-label={i18n.t('Find an emoji')}
            placeholder={i18n.t('Find an emoji')}
            value={query}
            onChange={(event) => setQuery(event.target.value)}
          />
        </div>
      )}
      {emoji?.size === 0 && (
        <Empty icon="smile" title={i18n.t('No emoji of your own yet')}>
          <p>{i18n.t('Choose a picture, give it a name, and everybody can use it.')}</p>
        </Empty>
      )}
      {emoji !== undefined && emoji.size > 0 && (
        <p className="form-text">{i18n.t('{count, number} of {most, number}', { count: emoji.size, most: MOST })}</p>
      )}
      <ul ref={list} className="custom-list">
        {shown.map((one) => (
          <li className="custom-row" key={one.name}>
            <img src={pictureUrl(one)} alt="" width={32} height={32} loading="lazy" />
            <span className="custom-name">
              <bdi>:{one.name}:</bdi>
            </span>
            <button
              type="button"
              className="btn-icon"
              aria-label={i18n.t('Delete :{name}:', { name: one.name })}
              title={i18n.t('Delete')}
              onClick={() => setEnding(one)}
            >
              <Icon name="trash" size={17} />
            </button>
          </li>
        ))}
      </ul>
      {ending !== undefined && (
        <EndEmoji
          name={ending.name}
          onClose={() => setEnding(undefined)}
          onEnd={async () => {
            await chat.api.call('DELETE /admin/emoji/{name}', { params: { name: ending.name } });
            catalogueOf(chat).refresh();
          }}
        />
      )}
    </>
  );
}

function EndEmoji({ name, onClose, onEnd }: { name: string; onClose: () => void; onEnd: () => Promise<void> }) {
  const saving = useSaving();
  return (
    <Sure
      title={i18n.t('Delete :{name}:?', { name })}
      yes={i18n.t('Delete')}
      danger
      busy={saving.busy}
      error={saving.error?.message}
      onYes={() => saving.save(async () => onEnd().then(onClose))}
      onClose={onClose}
    >
      <Trans
        id="Messages and reactions that have it show <0>:{name}:</0> as words from then on."
        values={{ name }}
        components={{ 0: <code /> }}
      />
    </Sure>
  );
}

function NewEmoji({ known }: { known: ReadonlyMap<string, Emoji> | undefined }) {
  const chat = useChat();
  const auth = useAuth();
  const saving = useSaving();
  const data = useLazy(emojiData);
  const input = useRef<HTMLInputElement>(null);
  const [picture, setPicture] = useState<Blob>();
  const [name, setName] = useState('');
  const [wrong, setWrong] = useState<string>();
  const url = useUrl(picture);
  const choose = async (event: ChangeEvent<HTMLInputElement>): Promise<void> => {
    const file = event.target.files?.[0];
    event.target.value = '';
    if (file === undefined) return;
    setWrong(undefined);
    try {
      setPicture(await prepared(file, EMOJI_BOUNDS));
      setName((typed) => (typed === '' ? emojiName(file.name) : typed));
    } catch (error) {
      setWrong(error instanceof ApiError ? error.message : i18n.t('This picture cannot be used.'));
    }
  };
  const taken = new Set(known?.keys() ?? []);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (picture === undefined) return setWrong(i18n.t('Choose a picture first.'));
    const refused = emojiNameWrong(name, taken, data?.emojiOfCode(name) !== undefined);
    setWrong(refused);
    if (refused !== undefined) return;
    saving.save(async () => {
      const file = await sendPicture(auth, picture, `${name}.${picture.type.split('/')[1] ?? 'webp'}`);
      await chat.api.call('POST /admin/emoji', { body: { name, file: file.id } });
      catalogueOf(chat).refresh();
      setPicture(undefined);
      setName('');
    });
  };
  const problem = wrong ?? saving.error?.message;
  return (
    <form className="custom-new" onSubmit={submit}>
      <input
        ref={input}
        type="file"
        accept="image/png,image/jpeg,image/webp,image/gif"
        className="visually-hidden"
        tabIndex={-1}
        aria-label={i18n.t('Picture of the emoji')}
        onChange={(event) => void choose(event)}
      />
      <button
        type="button"
        className="custom-choose"
        aria-label={picture === undefined ? i18n.t('Choose a picture') : i18n.t('Choose another picture')}
        onClick={() => input.current?.click()}
      >
        {url === undefined ? <Icon name="plus" size={22} /> : <img src={url} alt="" />}
      </button>
      <label className="custom-field">
        <span className="form-label">{i18n.t('Name')}</span>
        <span className="custom-code" dir="ltr">
          <span aria-hidden="true">:</span>
          <input
            className="form-control"
            value={name}
            maxLength={32}
            autoComplete="off"
            spellCheck={false}
            placeholder="party_cat"
            onChange={(event) => setName(event.target.value.toLowerCase())}
          />
          <span aria-hidden="true">:</span>
        </span>
      </label>
      <Button type="submit" className="btn btn-primary" off={saving.busy}>
        {saving.busy ? i18n.t('Adding…') : i18n.t('Add emoji')}
      </Button>
      {problem !== undefined && (
        <p className="field-error" role="alert">
          {problem}
        </p>
      )}
    </form>
  );
}

/** An address for bytes, for as long as they are shown. */
function useUrl(blob: Blob | undefined): string | undefined {
  const [url, setUrl] = useState<string>();
  useEffect(() => {
    if (blob === undefined) return setUrl(undefined);
    const next = URL.createObjectURL(blob);
    setUrl(next);
    return () => URL.revokeObjectURL(next);
  }, [blob]);
  return url;
}

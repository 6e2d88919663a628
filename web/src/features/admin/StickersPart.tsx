import { i18n } from '@lingui/core';
import { type ChangeEvent, type FormEvent, useRef, useState } from 'react';
import { ApiError } from '@/client/error';
import { Button } from '@/components/Button';
import { Empty } from '@/components/Empty';
import { Icon } from '@/components/Icon';
import { SkeletonRows } from '@/components/Skeleton';
import type { StickerPack } from '@/protocol/ops.gen';
import { useAuth, useChat } from '@/state/context';
import { freeName, stickerName } from '../custom/names';
import { prepared, STICKER_BOUNDS } from '../custom/prepare';
import { catalogueOf, pictureUrl, useServerPacks } from '../custom/useCatalogue';
import { sendPicture } from '../faces/sendPicture';
import { useSaving } from '../settings/useSaving';
import { spoken } from '../stickers/packs';
import { Sure } from './Sure';

const MOST = 60;

/** Sticker packs of this server, which everybody finds beside those that come with Parley. */
export function StickersPart() {
  const chat = useChat();
  const packs = useServerPacks();
  const saving = useSaving();
  const [name, setName] = useState('');
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    saving.save(async () => {
      await chat.api.call('POST /admin/stickers', { body: { name: name.trim() } });
      catalogueOf(chat).refresh();
      setName('');
    });
  };
  return (
    <>
      <p className="form-text">
        {i18n.t('Everybody finds them in the sticker picker, after the packs that come with Parley.')}
      </p>
      <form className="custom-new" onSubmit={submit}>
        <label className="custom-field">
          <span className="form-label">{i18n.t('New pack')}</span>
          <input
            className="form-control"
            value={name}
            maxLength={80}
            autoComplete="off"
            placeholder={i18n.t('What it is called')}
            onChange={(event) => setName(event.target.value)}
          />
        </label>
        <Button type="submit" className="btn btn-primary" off={saving.busy || name.trim() === ''}>
          {i18n.t('Make the pack')}
        </Button>
        {saving.error !== undefined && (
          <p className="field-error" role="alert">
            {saving.error.message}
          </p>
        )}
      </form>
      {packs === undefined && <SkeletonRows count={3} />}
      {packs?.length === 0 && (
        <Empty icon="sticker" title={i18n.t('No packs of your own yet')}>
          <p>{i18n.t('Name a pack, then add pictures to it.')}</p>
        </Empty>
      )}
      {packs?.map((pack) => (
        <Pack key={pack.id} pack={pack} />
      ))}
    </>
  );
}

function Pack({ pack }: { pack: StickerPack }) {
  const chat = useChat();
  const auth = useAuth();
  const input = useRef<HTMLInputElement>(null);
  const ending = useSaving();
  const [sure, setSure] = useState(false);
  const [left, setLeft] = useState(0);
  const [wrong, setWrong] = useState<string[]>([]);
  const add = async (files: readonly File[]): Promise<void> => {
    const taken = new Set(pack.stickers.map((one) => one.name));
    const refused: string[] = [];
    for (const [at, file] of files.entries()) {
      setLeft(files.length - at);
      try {
        const name = freeName(stickerName(file.name) || 'sticker', taken);
        const picture = await prepared(file, STICKER_BOUNDS);
        const sent = await sendPicture(auth, picture, `${name}.${picture.type.split('/')[1] ?? 'webp'}`);
        await chat.api.call('POST /admin/stickers/{pack}', {
          params: { pack: pack.id },
          body: { name, file: sent.id },
        });
        taken.add(name);
      } catch (error) {
        refused.push(
          error instanceof ApiError ? error.message : i18n.t('{name} could not be added.', { name: file.name }),
        );
      }
    }
    setLeft(0);
    setWrong(refused);
    catalogueOf(chat).refresh();
  };
  const chosen = (event: ChangeEvent<HTMLInputElement>): void => {
    const files = [...(event.target.files ?? [])];
    event.target.value = '';
    void add(files);
  };
  const end = (): void =>
    ending.save(async () => {
      await chat.api.call('DELETE /admin/stickers/{pack}', { params: { pack: pack.id } });
      catalogueOf(chat).refresh();
      setSure(false);
    });
  return (
    <section className="custom-pack" aria-label={pack.name}>
      <header>
        <h3>
          <bdi>{pack.name}</bdi>
        </h3>
        <small>{i18n.t('{count, number} of {most, number}', { count: pack.stickers.length, most: MOST })}</small>
        <input
          ref={input}
          type="file"
          multiple
          accept="image/png,image/jpeg,image/webp,image/gif"
          className="visually-hidden"
          tabIndex={-1}
          aria-label={i18n.t('Pictures for {name}', { name: pack.name })}
          onChange={chosen}
        />
        <Button type="button" className="btn btn-quiet" off={left > 0} onClick={() => input.current?.click()}>
          <Icon name="plus" size={17} /> {left > 0 ? i18n.t('Adding, {left} to go', { left }) : i18n.t('Add pictures')}
        </Button>
        <button
          type="button"
          className="btn-icon"
          aria-label={i18n.t('Delete the pack {name}', { name: pack.name })}
          title={i18n.t('Delete the pack')}
          onClick={() => setSure(true)}
        >
          <Icon name="trash" size={17} />
        </button>
      </header>
      {wrong.map((words) => (
        <p key={words} className="field-error" role="alert">
          {words}
        </p>
      ))}
      <Stickers pack={pack} />
      {sure && (
        <Sure
          title={i18n.t('Delete {name}?', { name: pack.name })}
          yes={i18n.t('Delete')}
          danger
          busy={ending.busy}
          error={ending.error?.message}
          onYes={end}
          onClose={() => setSure(false)}
        >
          {i18n.t(
            '{count, plural, one {# sticker goes} other {# stickers go}} with it. Messages that show one show its name from then on.',
            { count: pack.stickers.length },
          )}
        </Sure>
      )}
    </section>
  );
}

function Stickers({ pack }: { pack: StickerPack }) {
  const chat = useChat();
  const saving = useSaving();
  const drop = (name: string): void =>
    saving.save(async () => {
      await chat.api.call('DELETE /admin/stickers/{pack}/{name}', { params: { pack: pack.id, name } });
      catalogueOf(chat).refresh();
    });
  return (
    <ul className="custom-stickers">
      {pack.stickers.map((one) => (
        <li key={one.name}>
          <img src={pictureUrl(one)} alt={spoken(one.name)} title={spoken(one.name)} loading="lazy" />
          <Button
            type="button"
            className="btn-icon"
            aria-label={i18n.t('Delete {name}', { name: spoken(one.name) })}
            title={i18n.t('Delete')}
            off={saving.busy}
            onClick={() => drop(one.name)}
          >
            <Icon name="close" size={14} />
          </Button>
        </li>
      ))}
      {saving.error !== undefined && (
        <li className="field-error" role="alert">
          {saving.error.message}
        </li>
      )}
    </ul>
  );
}

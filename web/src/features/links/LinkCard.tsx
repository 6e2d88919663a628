import { i18n } from '@lingui/core';
import { Icon } from '@/components/Icon';
import type { Event, LinkPreview } from '@/protocol/ops.gen';
import { Picture } from '../files/Picture';
import type { MessageActions } from '../timeline/actions';
import { cardHeight } from './height';
import '../files/files.css';
import './links.css';

/** Wider than so its picture is shown as wide as it is meant. */
const WIDE = 1.35;
const PICTURE_PX = 150;

interface Props {
  event: Event;
  preview: LinkPreview;
  /** It is my message. */
  mine: boolean;
  actions: MessageActions;
}

/** What a page that a message links to says of itself. */
export function LinkCard({ event, preview, mine, actions }: Props) {
  const { url, title, description, image } = preview;
  const host = hostOf(url);
  if (host === undefined) return null;
  const wide = image !== undefined && (image.width ?? 1) / (image.height ?? 1) > WIDE;
  return (
    <div className="link-card" style={{ height: `${cardHeight(preview)}px` }}>
      <a className="link-card-way" href={url} target="_blank" rel="noopener noreferrer nofollow">
        <span className="link-card-words">
          <span className="link-card-site">{siteOf(preview, host)}</span>
          <bdi className="link-card-title">{title}</bdi>
          {description !== undefined && <bdi className="link-card-about">{description}</bdi>}
        </span>
        {image !== undefined && (
          <span className={wide ? 'link-card-picture is-wide' : 'link-card-picture'} aria-hidden="true">
            <Picture file={{ ...image, name: '' }} wide={PICTURE_PX} />
          </span>
        )}
      </a>
      {mine && (
        <button
          type="button"
          className="btn-icon link-card-close"
          aria-label={i18n.t('Remove this preview for everybody')}
          title={i18n.t('Remove this preview for everybody')}
          onClick={() => actions.unpreview(event)}
        >
          <Icon name="close" size={15} />
        </button>
      )}
    </div>
  );
}

/** The host that pressing it leads to; undefined: it leads nowhere that a page may be. */
function hostOf(url: string): string | undefined {
  try {
    const { protocol, host } = new URL(url);
    return protocol === 'http:' || protocol === 'https:' ? host.replace(/^www\./, '') : undefined;
  } catch {
    return undefined;
  }
}

/** A page may call itself what it likes, and as long as it likes: where it is stands before that. */
function siteOf({ site }: LinkPreview, host: string) {
  if (site === undefined || site.toLowerCase() === host) return host;
  return (
    <>
      {host} · <bdi>{site}</bdi>
    </>
  );
}

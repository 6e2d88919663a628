import { useState } from 'react';
import { pictureUrl, useServerEmoji } from './useCatalogue';
import './custom.css';

/** `:name:` as the emoji of this server; as written when there is none, or its picture does not come. */
export function ServerEmoji({ name }: { name: string }) {
  const emoji = useServerEmoji()?.get(name);
  const [failed, setFailed] = useState(false);
  if (emoji === undefined || failed) return `:${name}:`;
  return (
    <img
      className="server-emoji"
      src={pictureUrl(emoji)}
      alt={`:${name}:`}
      title={`:${name}:`}
      draggable={false}
      loading="lazy"
      decoding="async"
      onError={() => setFailed(true)}
    />
  );
}

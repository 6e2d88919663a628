import { i18n } from '@lingui/core';
import { listNames } from '@/lib/text';
import { useChat, useStore } from '@/state/context';
import { nameOf } from '@/state/names';

/** Says who is typing. Always there, so that its words move nothing. */
export function TypingLine({ room }: { room: string }) {
  const chat = useChat();
  const blocked = useStore(chat.account.blocked);
  const typists = (useStore(chat.typing.rooms).get(room) ?? []).filter((id) => !blocked.has(id));
  const users = useStore(chat.people.users);
  const names = typists.map((id) => nameOf(users.get(id)));
  return (
    <div className="typing" aria-live="off">
      {names.length > 0 && (
        <>
          <span className="typing-dots" aria-hidden="true">
            <i />
            <i />
            <i />
          </span>
          {names.length > 3
            ? i18n.t('Several people are typing…')
            : i18n.t('{count, plural, one {{people} is typing…} other {{people} are typing…}}', {
                count: names.length,
                people: listNames(names),
              })}
        </>
      )}
    </div>
  );
}

import { i18n } from '@lingui/core';
import { Tokens } from './Tokens';

/** Access tokens of mine: for scripts and programs that act as me. */
export function TokenSettings() {
  return (
    <>
      <p className="settings-lead">
        {i18n.t(
          'A token lets a script or a program in as you, to do what you tick and nothing else. It ' +
            'never changes your password, your logins or your tokens. For a program that speaks for itself, make a bot.',
        )}
      </p>
      <Tokens />
    </>
  );
}

import type { MessageDescriptor } from '@lingui/core';

interface CommandWords {
  /** What may stand after it, as it is shown. */
  args?: MessageDescriptor;
  about: MessageDescriptor;
}

/** What is said of each command, fetched when it is shown first. */
export const COMMAND_WORDS: Readonly<Record<string, CommandWords>> = {
  me: { args: /*i18n*/ { id: 'what you do' }, about: /*i18n*/ { id: 'Says it as something you do' } },
  shrug: { args: /*i18n*/ { id: 'words' }, about: /*i18n*/ { id: 'Puts ¯\\_(ツ)_/¯ behind your words' } },
  poll: {
    args: /*i18n*/ { id: '"Question" "A" "B"' },
    about: /*i18n*/ { id: 'Asks everybody; alone it opens a form' },
  },
  remind: {
    args: /*i18n*/ { id: '20m words' },
    about: /*i18n*/ {
      id: 'Reminds you: in 20m, 3h, 2d, at 14:30, tomorrow',
      comment: 'What is typed stays as it is: 20m, 3h, 2d, 14:30, tomorrow, off',
    },
  },
  mute: {
    args: { id: '3h' },
    about: /*i18n*/ {
      id: 'Keeps this room quiet for that long; off ends it',
      comment: 'What is typed stays as it is: 20m, 3h, 2d, 14:30, tomorrow, off',
    },
  },
  topic: { args: /*i18n*/ { id: 'words' }, about: /*i18n*/ { id: 'Says what this room is about' } },
  status: {
    args: /*i18n*/ { id: '🌴 words' },
    about: /*i18n*/ { id: 'Says what you are about; alone it takes that back' },
  },
  invite: { args: /*i18n*/ { id: '@person' }, about: /*i18n*/ { id: 'Adds somebody to this room' } },
  leave: { about: /*i18n*/ { id: 'Leaves this room' } },
  away: { about: /*i18n*/ { id: 'Shows you as away until you write again or come back' } },
  help: { about: /*i18n*/ { id: 'Tells of commands, keys and formatting' } },
};

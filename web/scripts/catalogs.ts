import { formatter } from '@lingui/format-po';
import { compileMessage } from '@lingui/message-utils/compileMessage';
import type { Plugin } from 'vite';

const SOURCE = 'en';

/** Makes a module of a catalogue: `messages`, from what stands in the code to what is shown, compiled, so that no parser
 *  is shipped for it. The source language has none: its texts are in the code, and src/lib/fill.ts reads them. */
export function catalogs(): Plugin {
  return {
    name: 'parley-catalogs',
    async transform(text, id) {
      if (!id.endsWith('.po')) return undefined;
      const locale = id.replace(/^.*\/|\.po$/g, '');
      return {
        code: `export const messages = JSON.parse(${JSON.stringify(JSON.stringify(await compiled(text, locale)))});`,
        map: null,
      };
    },
  };
}

async function compiled(text: string, locale: string): Promise<Record<string, unknown>> {
  const entries = await formatter({ explicitIdAsDefault: true }).parse(text, {
    locale,
    sourceLocale: SOURCE,
    filename: '',
  });
  const messages: Record<string, unknown> = {};
  for (const [id, entry] of Object.entries(entries)) {
    if (entry.translation === undefined || entry.translation === '') continue;
    messages[id] = compileMessage(entry.translation);
  }
  return messages;
}

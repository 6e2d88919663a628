import { createLowlight } from 'lowlight';
import { loadGrammar } from './grammars';

/** The highlighter, with the grammars met so far. Loaded when the first code of a known language is shown. */
const lowlight = createLowlight();

export type ColouredNode = ReturnType<typeof lowlight.highlight>['children'][number];

export function isReady(id: string): boolean {
  return lowlight.registered(id);
}

export async function prepare(id: string): Promise<void> {
  if (lowlight.registered(id)) return;
  const grammar = await loadGrammar(id);
  if (grammar !== undefined) lowlight.register(id, grammar);
}

export function colour(id: string, text: string): readonly ColouredNode[] {
  return lowlight.highlight(id, text).children;
}

import { i18n, type Messages } from '@lingui/core';
import { nameErrors } from '@/client/error';
import { fillable } from '@/lib/fill';
import { storage } from '@/lib/storage';
import { Store } from '@/lib/store';

/** What the client speaks, each by its own name. English is in the code; the others are fetched when they are chosen. */
export const LANGUAGES = {
  en: { name: 'English', dir: 'ltr', load: async (): Promise<Messages> => ({}) },
  tr: { name: 'Türkçe', dir: 'ltr', load: async (): Promise<Messages> => (await import('@/locales/tr.po')).messages },
  de: { name: 'Deutsch', dir: 'ltr', load: async (): Promise<Messages> => (await import('@/locales/de.po')).messages },
  es: { name: 'Español', dir: 'ltr', load: async (): Promise<Messages> => (await import('@/locales/es.po')).messages },
  fr: { name: 'Français', dir: 'ltr', load: async (): Promise<Messages> => (await import('@/locales/fr.po')).messages },
  ar: { name: 'العربية', dir: 'rtl', load: async (): Promise<Messages> => (await import('@/locales/ar.po')).messages },
  ja: { name: '日本語', dir: 'ltr', load: async (): Promise<Messages> => (await import('@/locales/ja.po')).messages },
} as const;
export type Language = keyof typeof LANGUAGES;
export type LanguageChoice = Language | 'system';

const KEY = 'parley.language';

export const languageChoice = new Store<LanguageChoice>(stored());
/** What is shown now: a change is a new tree of elements (app/App.tsx). */
export const language = new Store<Language>('en');

/** Takes effect when its words are here; false when they could not be fetched. */
export async function chooseLanguage(choice: LanguageChoice): Promise<boolean> {
  if (!(await speak(choice))) return false;
  storage.setItem(KEY, choice);
  languageChoice.set(choice);
  return true;
}

/** Before anything is rendered. English stands in for words that cannot be fetched. */
export async function startLanguage(): Promise<void> {
  // What has no translation is shown as it stands in the code; the catalogues are whole, which a test sees to.
  i18n.setMessagesCompiler(fillable);
  show('en', {});
  addEventListener('storage', (event) => {
    if (event.key !== KEY) return;
    languageChoice.set(stored());
    void speak(stored());
  });
  if (goalOf(stored()) !== 'en') await speak(stored());
}

let asked = 0;

async function speak(choice: LanguageChoice): Promise<boolean> {
  const goal = goalOf(choice);
  const mine = ++asked;
  try {
    const [messages] = await Promise.all([LANGUAGES[goal].load(), goal === 'en' ? undefined : namesOfErrors()]);
    // Another one may have been chosen meanwhile, here or in another tab.
    if (mine === asked) show(goal, messages);
    return true;
  } catch {
    return false;
  }
}

async function namesOfErrors(): Promise<void> {
  nameErrors((await import('@/protocol/words.gen')).ERROR_WORDS);
}

function show(goal: Language, messages: Messages): void {
  i18n.loadAndActivate({ locale: goal, messages });
  document.documentElement.lang = goal;
  document.documentElement.dir = LANGUAGES[goal].dir;
  language.set(goal);
}

/** The first of the browser's languages that the client speaks. */
function goalOf(choice: LanguageChoice): Language {
  if (choice !== 'system') return choice;
  for (const tag of navigator.languages) {
    const base = tag.split('-')[0] ?? '';
    if (isLanguage(base)) return base;
  }
  return 'en';
}

function isLanguage(code: string): code is Language {
  return Object.hasOwn(LANGUAGES, code);
}

function stored(): LanguageChoice {
  const choice = storage.getItem(KEY) ?? 'system';
  return isLanguage(choice) ? choice : 'system';
}

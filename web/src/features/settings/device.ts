import { i18n } from '@lingui/core';

const BROWSERS: [RegExp, string][] = [
  [/Edg\//, 'Edge'],
  [/OPR\//, 'Opera'],
  [/Firefox\//, 'Firefox'],
  [/Chrom(?:e|ium)\//, 'Chrome'],
  [/Safari\//, 'Safari'],
];

const SYSTEMS: [RegExp, string][] = [
  [/iPhone|iPad/, 'iOS'],
  [/Android/, 'Android'],
  [/Windows/, 'Windows'],
  [/Mac OS X/, 'macOS'],
  [/CrOS/, 'ChromeOS'],
  [/Linux/, 'Linux'],
];

/** What a User-Agent header is about, for people: "Firefox on Linux". */
export function deviceOf(user_agent: string): string {
  const name = (table: [RegExp, string][]): string | undefined => table.find(([sign]) => sign.test(user_agent))?.[1];
  const browser = name(BROWSERS);
  if (browser === undefined) return user_agent.slice(0, 40) || i18n.t('Unknown device');
  const system = name(SYSTEMS);
  return system === undefined ? browser : i18n.t('{browser} on {system}', { browser, system });
}

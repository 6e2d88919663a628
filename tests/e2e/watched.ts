import { type BrowserContext, test as plain } from '@playwright/test';

export * from '@playwright/test';

/** What pages of the running test complained of, and what it said it would provoke. One test runs at a time. */
let complaints: string[] = [];
let allowed: RegExp[] = [];

/** Whoever asks whether there is a login, and there is none, is told so. */
const ALWAYS = [/^answer: 401 POST \/api\/v1\/auth\/refresh$/];

/** The test cuts a line, or asks for what is refused: complaints like this are meant, from here to its end and from before. */
export const allow = (...like: RegExp[]): void => void allowed.push(...like);

const pathOf = (url: string): string => (URL.canParse(url) ? new URL(url).pathname : url);

function watch(context: BrowserContext): void {
  const say = (text: string): void => void complaints.push(text);
  context.on('console', (message) => {
    // Of an answer that is no success, and of a request that failed, the two below tell more.
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource')) say(`console: ${message.text()}`);
  });
  context.on('weberror', (error) => say(`exception: ${error.error().stack ?? error.error().message}`));
  context.on('response', (answer) => {
    if (answer.status() >= 400) say(`answer: ${answer.status()} ${answer.request().method()} ${pathOf(answer.url())}`);
  });
  context.on('requestfailed', (request) => {
    const why = request.failure()?.errorText ?? '';
    // Given up by the page itself: it was closed, loaded anew, or has what it wanted.
    if (why !== 'net::ERR_ABORTED') say(`failed: ${why} ${request.method()} ${pathOf(request.url())}`);
  });
  // Chromium prints most violations of the policy, but not those of policies that only report.
  const listening = context.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', (event) =>
      console.error(`policy: ${event.effectiveDirective} forbids ${event.blockedURI || 'inline'} in ${event.sourceFile}`),
    );
  });
  listening.catch(() => {});
}

/** Every page of every browser context is listened to, whoever opens it: a test ends with no error on a console, no exception,
 *  no violation of the content security policy, no failed request and no answer of 400 and above, but for what it allowed. */
export const test = plain.extend<{ watched: undefined }>({
  watched: [
    async ({ browser }, use) => {
      complaints = [];
      allowed = [...ALWAYS];
      browser.on('context', watch);
      await use(undefined);
      browser.off('context', watch);
      const left = complaints.filter((text) => !allowed.some((like) => like.test(text)));
      plain.expect(left, 'what pages complained of').toEqual([]);
    },
    { auto: true },
  ],
});

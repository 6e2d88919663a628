import type { BrowserContext, Page, WebSocketRoute } from '@playwright/test';

type Frame = { t: string; cmid?: string; body?: string; [field: string]: unknown };

/** The way between a browser's pages and their gateway, which a test may cut, stall, or read along. Chromium's own "offline"
 *  leaves an open WebSocket open. */
export class Line {
  /** Connections that a page has tried. */
  tries = 0;
  /** What happens to a frame of the page; `undefined` lets it pass, `drop` loses it, anything else is the answer it gets. */
  sends: (frame: Frame) => undefined | 'drop' | Frame = () => undefined;
  /** False loses a frame of the server. */
  receives: (frame: Frame) => boolean = () => true;
  readonly #open = new Set<WebSocketRoute>();
  #cut = false;
  #stalled = false;

  /** Every page of the context uses it from its next load on. */
  static async of(context: BrowserContext): Promise<Line> {
    const line = new Line();
    await context.routeWebSocket(/\/ws$/, (ws) => line.#carry(ws));
    return line;
  }

  /** Ends what is open and refuses what comes. */
  async cut(): Promise<void> {
    this.#cut = true;
    await this.drop();
  }

  async drop(): Promise<void> {
    const open = [...this.#open];
    this.#open.clear();
    await Promise.all(open.map((ws) => ws.close({ code: 1011 }).catch(() => {})));
  }

  restore(): void {
    this.#cut = false;
    this.#stalled = false;
  }

  /** What is open now stays open and carries nothing any more, as after a change of networks. */
  stall(): void {
    this.#stalled = true;
  }

  #carry(ws: WebSocketRoute): void {
    this.tries++;
    if (this.#cut) {
      void ws.close({ code: 1011 });
      return;
    }
    const connection = this.tries;
    const server = ws.connectToServer();
    this.#open.add(ws);
    let dead = false;
    const carries = (): boolean => {
      if (this.#stalled && connection === this.tries) dead = true;
      return !dead;
    };
    ws.onMessage((text) => {
      // On its way when the line was dropped: sent on to an end that is closed, it is an error on the console.
      if (!this.#open.has(ws) || !carries()) return;
      const verdict = this.sends(JSON.parse(String(text)) as Frame);
      if (verdict === undefined) server.send(text);
      else if (verdict !== 'drop') ws.send(JSON.stringify(verdict));
    });
    server.onMessage((text) => {
      if (!carries()) return;
      const frames = String(text).split('\n');
      const left = frames.filter((line) => line.trim() === '' || this.receives(JSON.parse(line) as Frame));
      if (left.some((line) => line.trim() !== '')) ws.send(left.join('\n'));
    });
  }
}

/** Ends the renderer as a crash does. The page cannot be used any more. */
export async function crash(page: Page): Promise<void> {
  const gone = new Promise<void>((resolve) => page.once('crash', () => resolve()));
  const session = await page.context().newCDPSession(page);
  // It never answers: who would is gone.
  session.send('Page.crash').catch(() => {});
  await gone;
}

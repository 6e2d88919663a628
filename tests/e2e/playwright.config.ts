import { defineConfig } from '@playwright/test';

// Where the system under test is: scripts/test-e2e starts one and says so.
const baseURL = process.env.PARLEY_URL ?? 'http://localhost:8080';

const BREAKING = '**/exchange.spec.ts';
const GOVERNING = '**/administration.spec.ts';

export default defineConfig({
  testDir: '.',
  globalSetup: './keeper.ts',
  outputDir: 'results/artifacts',
  fullyParallel: false,
  // One after the other: on two cores two at a time take as long, and each of them longer.
  workers: 1,
  // Where nobody watches, one more try: what needed it is named at the end, and is a fault to be looked for.
  retries: process.env.CI === undefined ? 0 : 1,
  forbidOnly: true,
  timeout: 180_000,
  expect: {
    timeout: 30_000,
    // The pictures of the documentation are what screens are compared with.
    toHaveScreenshot: {
      pathTemplate: '../../docs/screenshots/{arg}{ext}',
      animations: 'disabled',
      caret: 'hide',
      scale: 'device',
      threshold: 0.2,
      maxDiffPixelRatio: 0.005,
    },
  },
  // Those that change what holds for everybody, and those that break the system under test, have it for themselves, when all
  // others are through.
  projects: [
    { name: 'screens', testIgnore: [BREAKING, GOVERNING] },
    { name: 'governing', testMatch: GOVERNING, dependencies: ['screens'] },
    { name: 'breaking', testMatch: BREAKING, dependencies: ['governing'] },
  ],
  reporter: [['list'], ['json', { outputFile: 'results/report.json' }]],
  use: {
    baseURL,
    browserName: 'chromium',
    viewport: { width: 1280, height: 800 },
    // Without pictures: drawing each frame without a graphics card takes longer than the tests. The page's snapshots are there.
    trace: { mode: 'retain-on-failure', screenshots: false, snapshots: true },
    launchOptions: {
      // The one without a window: the whole browser draws its own controls as well, and nobody sees them.
      executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium-headless-shell',
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
        // A microphone that beeps, and a yes to whoever asks for it.
        '--use-fake-device-for-media-stream',
        '--use-fake-ui-for-media-stream',
      ],
    },
  },
});

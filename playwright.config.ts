// End-to-end tests in a real Chromium, one after the other: each spec starts the product itself.
// The browser may reach this machine only; nothing of its own phones home.
import { defineConfig } from '@playwright/test'
import { findChromium } from './scripts/find-chromium.mjs'

const executablePath = findChromium(process.env)

export default defineConfig({
  testDir: 'tests/e2e',
  outputDir: 'test-results',
  fullyParallel: false,
  workers: 1,
  retries: 0,
  forbidOnly: process.env.CI !== undefined,
  timeout: 120_000,
  // The only pictures that are compared are those of the README: see tests/e2e/pictures.spec.ts. The threshold
  // forgives letters and lines that lie a fraction of a pixel elsewhere, and no line that is not there.
  // A machine with other work to do draws a page late; what must be quick says so itself.
  expect: {
    timeout: 15_000,
    toHaveScreenshot: {
      pathTemplate: 'docs/images/{arg}{ext}',
      threshold: 0.35,
      maxDiffPixels: 400,
    },
  },
  reporter: [['list']],
  use: {
    viewport: { width: 1440, height: 900 },
    actionTimeout: 10_000,
    trace: 'off',
    launchOptions: {
      ...(executablePath ? { executablePath } : {}),
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
        '--disable-dev-shm-usage',
      ],
    },
  },
})

// The pictures of the README, made of the demo as it is now and compared with those in docs/images: when the
// dashboard has changed, this fails until they are taken anew with `playwright test pictures --update-snapshots`.
// Where a browser draws other letters (other fonts) boxes have other sizes, so nothing is compared there.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { expect, type Page, test } from '@playwright/test'
import { makeDataDir, type Product, startProduct } from '../support/product.ts'
import { createAccount } from './account.ts'
import { whenDrawn } from './drawing.ts'

const ROOT = path.join(import.meta.dirname, '../..')
const SEED = 1
const NODES = 20
/** As drawn with the fonts of the pictures. Units: px. */
const SAMPLE = { text: 'postgresql:accounts-db/accounts → 0123456789', widthPx: 317 }
/** Instead of when it happened to be taken. */
const SHOWN_TIME = 'Nov 2, 09:41:26 AM'

let product: Product
const dataDir = makeDataDir()

test.use({ viewport: { width: 1280, height: 640 } })
test.afterAll(async () => {
  await product?.stop()
  dataDir.remove()
})

test('the pictures of the README are those of the demo', async ({ page }) => {
  test.setTimeout(240_000)
  const widthPx = await measureSample(page)
  test.skip(widthPx !== SAMPLE.widthPx, `other fonts here: ${widthPx} px, not ${SAMPLE.widthPx}`)
  product = await startProduct(dataDir.path, { STRAYLINE_HOLD: '3s' })
  await tellDemo()
  await createAccount(page, product)
  await page.goto(`${product.webUrl}/map?environment=demo`)
  await whenDrawn(page, NODES)
  await expect(page.getByText('+ 3 new edges')).toBeVisible()
  // A line that is there for some seconds only, and may take the room of another row.
  await expect(page.getByText(/settles in/)).toHaveCount(0, { timeout: 20_000 })
  await takePictures(page, 'map')
  await page.goto(`${product.webUrl}/alerts?environment=demo`)
  await page
    .getByRole('list', { name: 'Alerts' })
    .getByRole('link')
    .filter({ hasText: 'accounts-db' })
    .click()
  await expect(page.getByText('Example trace')).toBeVisible()
  await takePictures(page, 'alert')
})

/** Runs the demo until its alerts are there, and ends it, so that nothing moves any more. */
async function tellDemo(): Promise<void> {
  const args = ['demo', '--seed', String(SEED), '--progress', 'json']
  const child = spawn(process.execPath, [path.join(ROOT, 'cli/main.ts'), ...args], {
    env: { ...process.env, STRAYLINE_DATA_DIR: dataDir.path },
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  })
  const exited = once(child, 'exit')
  for await (const line of createInterface({ input: child.stdout! })) {
    if (JSON.parse(line).phase === 'traffic') child.kill('SIGTERM')
  }
  await exited
}

async function takePictures(page: Page, name: string): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    await expect(page.getByText('live', { exact: true })).toBeVisible()
    await page.waitForTimeout(500)
    await page.evaluate((text) => {
      for (const time of document.querySelectorAll('time')) time.textContent = text
    }, SHOWN_TIME)
    await expect(page).toHaveScreenshot(`${name}-${colorScheme}.png`)
  }
}

function measureSample(page: Page): Promise<number> {
  return page.evaluate((text) => {
    const context = document.createElement('canvas').getContext('2d')
    if (context) context.font = '13px system-ui'
    return Math.round(context?.measureText(text).width ?? 0)
  }, SAMPLE.text)
}

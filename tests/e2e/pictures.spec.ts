// Pictures of the map as test output: empty, twelve services, with flagged edges; light and dark. And
// what a picture must have: every label large enough to read, inside the view, and over no other.
import { mkdirSync } from 'node:fs'
import path from 'node:path'
import { expect, type Page, test } from '@playwright/test'
import { makeDataDir, type Product, startProduct } from '../support/product.ts'
import { SHOP_STORY, STRAY_STORY, tell } from '../support/story.ts'

const FOLDER = path.join(import.meta.dirname, '../../test-results/pictures')
const HOLD_MS = 1_000
const LABEL_PIXELS_MIN = 10

let product: Product
const dataDir = makeDataDir()

test.beforeAll(async () => {
  test.setTimeout(120_000)
  mkdirSync(FOLDER, { recursive: true })
  product = await startProduct(dataDir.path, { STRAYLINE_HOLD: `${HOLD_MS}ms` })
})
test.afterAll(async () => {
  await product?.stop()
  dataDir.remove()
})

test('the map, empty, full and strayed from, is legible in light and dark', async ({ page }) => {
  test.setTimeout(120_000)
  await page.goto(product.setupUrl ?? '')
  await page.getByLabel('Name').fill('Ada')
  await page.getByLabel('E-mail').fill('ada@shop.example')
  await page.getByLabel('Password').fill('correct horse battery')
  await page.getByRole('button', { name: 'Create account' }).click()
  await expect(page).toHaveURL(/\/map/)
  await expect(page.getByText(/waiting for the first span/i)).toBeVisible()
  await takePictures(page, 'empty')

  await tell(SHOP_STORY, { otlpHttpPort: product.otlpHttpPort, traceNumber: 1 })
  await page.waitForTimeout(HOLD_MS + 1_500)
  await page.goto(`${product.webUrl}/map?environment=production`)
  const services = ['web', 'gateway', 'accounts', 'cart', 'pricing', 'orders', 'inventory']
  services.push('payments', 'search', 'catalogue', 'shipping', 'notifications')
  await expectLegible(page, services)
  await takePictures(page, 'full')

  await page
    .getByRole('button', { name: /approve/i })
    .first()
    .click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Reason').fill('Looked through with the team')
  await dialog.getByRole('button', { name: 'Approve baseline' }).click()
  await expect(dialog).toBeHidden()
  await tell(STRAY_STORY, { otlpHttpPort: product.otlpHttpPort, traceNumber: 2 })
  await page.waitForTimeout(HOLD_MS + 2_500)
  await expectLegible(page, [...services, 'evil.example'])
  await takePictures(page, 'flagged')
})

async function takePictures(page: Page, name: string): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    await page.waitForTimeout(500)
    await page.screenshot({ path: path.join(FOLDER, `map-${name}-${colorScheme}.png`) })
  }
  await page.emulateMedia({ colorScheme: 'light' })
}

type Label = { name: string; fontPixels: number; x1: number; y1: number; x2: number; y2: number }

/** Measured in the drawing itself: Cytoscape leaves its core on its container. */
async function readLabels(page: Page): Promise<{ labels: Label[]; width: number; height: number }> {
  return page.evaluate(() => {
    type Box = { x1: number; y1: number; x2: number; y2: number }
    type Node = {
      renderedBoundingBox: (options: object) => Box
      data: (key: string) => string
      style: (key: string) => string
    }
    type Core = { zoom: () => number; nodes: () => { map: <T>(f: (node: Node) => T) => T[] } }
    for (const element of document.querySelectorAll('*')) {
      const core = (element as { _cyreg?: { cy?: Core } })._cyreg?.cy
      if (!core) continue
      const labels = core.nodes().map((node) => ({
        ...node.renderedBoundingBox({ includeEdges: false, includeOverlays: false }),
        name: node.style('label'),
        fontPixels: Number.parseFloat(node.style('font-size')) * core.zoom(),
      }))
      return { labels, width: element.clientWidth, height: element.clientHeight }
    }
    return { labels: [], width: 0, height: 0 }
  })
}

async function expectLegible(page: Page, names: readonly string[]): Promise<void> {
  await expect
    .poll(async () => (await readLabels(page)).labels.length, { timeout: 10_000 })
    .toBeGreaterThanOrEqual(names.length)
  await page.waitForTimeout(1_000)
  const { labels, width, height } = await readLabels(page)
  const shown = labels.map((label) => label.name.replaceAll('\n', ''))
  for (const name of names)
    expect(
      shown.some((label) => label.includes(name)),
      name,
    ).toBe(true)
  for (const label of labels) {
    expect(label.fontPixels, label.name).toBeGreaterThanOrEqual(LABEL_PIXELS_MIN)
    expect(label.x1, label.name).toBeGreaterThanOrEqual(-1)
    expect(label.y1, label.name).toBeGreaterThanOrEqual(-1)
    expect(label.x2, label.name).toBeLessThanOrEqual(width + 1)
    expect(label.y2, label.name).toBeLessThanOrEqual(height + 1)
    for (const other of labels)
      if (other !== label)
        expect(overlaps(label, other), `${label.name} / ${other.name}`).toBe(false)
  }
}

function overlaps(a: Label, b: Label): boolean {
  return a.x1 < b.x2 && b.x1 < a.x2 && a.y1 < b.y2 && b.y1 < a.y2
}

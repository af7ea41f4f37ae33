// A recorded file brought in by the browser: from the empty map to the map of its own environment, and what is
// said of files that cannot be read, are too large, have a hostile name, or want the place of real traces.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { gzipSync } from 'node:zlib'
import AxeBuilder from '@axe-core/playwright'
import { expect, type Page, test } from '@playwright/test'
import { makeDataDir, type Product, startProduct } from '../support/product.ts'
import { createAccount } from './account.ts'
import { calls, sendCalls } from './telemetry.ts'

const CAPTURE = path.join(import.meta.dirname, '../fixtures/captures/small-shop.jsonl')
const SPANS = 108

let product: Product
let page: Page
const dataDir = makeDataDir()

test.describe.configure({ mode: 'serial' })
test.beforeAll(async ({ browser }) => {
  test.setTimeout(180_000)
  product = await startProduct(dataDir.path, {
    ...{ STRAYLINE_HOLD: '500ms', STRAYLINE_QUIET: '200ms', STRAYLINE_IMPORT_BYTES_MAX: '1MiB' },
    STRAYLINE_INGEST_TOKEN: 'a-token-of-this-test-alone',
  })
  page = await (await browser.newContext()).newPage()
  await createAccount(page, product)
})
test.afterAll(async () => {
  await page?.context().close()
  await product?.stop()
  dataDir.remove()
})

test('from the empty map a file becomes the map of an environment of its own', async () => {
  await page.getByRole('link', { name: 'Import a trace file' }).click()
  await choose('Small Shop.json.gz', gzipSync(readFileSync(CAPTURE)))
  await expect(environmentField()).toHaveValue('import-small-shop')
  await page.getByRole('button', { name: 'Import', exact: true }).click()
  await expect(result()).toContainText(
    `Imported ${SPANS} spans: the map has 4 services, 7 edges.`,
    {
      timeout: 30_000,
    },
  )
  await page.getByRole('link', { name: 'Open its map' }).click()
  await expect(page).toHaveURL(/environment=import-small-shop/)
  await page.keyboard.press('t')
  for (const edge of ['gateway→cart', 'orders→paid', 'user→gateway'])
    await expect(page.getByRole('row').filter({ hasText: edge }).first()).toBeVisible()
  expect(keptFiles()).toEqual([])
})

test('a second import of the same file gets a new name, or adds to the first', async () => {
  await open('/import')
  await choose('Small Shop.json.gz', gzipSync(readFileSync(CAPTURE)))
  await expect(environmentField()).toHaveValue('import-small-shop-2')
  await environmentField().fill('import-small-shop')
  await expect(page.getByText('added to those imported there before')).toBeVisible()
})

test('files that are no captures are told apart at once, and broken parts by their place', async () => {
  await importFile('holiday.png', Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]))
  await expect(alert()).toContainText('holiday.png is not a trace file')
  await importFile('config.json', Buffer.from('{"port": 3000}'))
  await expect(result()).toContainText('Not imported. Nothing could be read.', { timeout: 20_000 })
  await expect(page.getByText('1 part of the file could not be read')).toBeVisible()
  const lines = readFileSync(CAPTURE, 'utf8').split('\n')
  await importFile('half.jsonl', Buffer.from([lines[0], '{"torn', lines[1]].join('\n')))
  await expect(result()).toContainText('Imported 18 spans', { timeout: 30_000 })
  await page.getByText('1 part of the file could not be read').click()
  await expect(page.getByRole('listitem').filter({ hasText: 'line 2' })).toBeVisible()
  expect(keptFiles()).toEqual([])
})

test('a file without traces leaves no environment, and an imported one can be removed', async () => {
  await open('/import')
  const list = page.getByRole('main').getByRole('list')
  await expect(list.getByText('import-config')).toHaveCount(0)
  await page.getByRole('button', { name: 'Remove import-half' }).click()
  await page.getByRole('button', { name: 'Remove environment' }).click()
  await page.waitForURL(/\/map/)
  await open('/import')
  await expect(list.getByText('import-small-shop', { exact: true })).toBeVisible()
  await expect(list.getByText('import-half')).toHaveCount(0)
})

test('a hostile file name is text, and never a path or an environment', async () => {
  const name = '../<img src=x onerror=alert(1)>"\u202egpj.json'
  await open('/import')
  page.once('dialog', () => expect('a script ran').toBe(''))
  await choose(name, readFileSync(CAPTURE))
  await expect(page.locator('img')).toHaveCount(0)
  await expect(environmentField()).toHaveValue('import-img-src-x-onerror-alert-1-gpj')
  await page.getByRole('button', { name: 'Import', exact: true }).click()
  await expect(result()).toContainText('Imported', { timeout: 30_000 })
  await expect(page.getByRole('heading', { name: 'onerror=alert(1)' })).toBeVisible()
  await expect(page.getByText('\u202e')).toHaveCount(0)
})

test('an environment of real traces and reserved names are refused, before anything is sent', async () => {
  await sendCalls(product.otlpHttpPort, 'prod', calls('web > cart'), 'a-token-of-this-test-alone')
  await expect
    .poll(async () => {
      const answer = await page.request.get(`${product.webUrl}/api/v1/graph?environment=prod`)
      return ((await answer.json()) as { edges: unknown[] }).edges.length
    })
    .toBe(1)
  await open('/import')
  await choose('prod.json', readFileSync(CAPTURE))
  for (const name of ['prod', 'default', 'demo', 'a b', '../x', '']) {
    await environmentField().fill(name)
    await expect(page.getByRole('button', { name: 'Import', exact: true })).toBeDisabled()
  }
  const begun = await begin({ fileName: 'x', fileBytes: 10, environment: 'prod' })
  expect(begun.status()).toBe(409)
  expect(await begun.text()).toContain('never goes into one of real traces')
})

test('what is too large is refused in the browser and by the server', async () => {
  await open('/import')
  await choose('large.json', Buffer.alloc(1024 ** 2 + 1, '['))
  await expect(alert()).toContainText('at most 1 MiB can be imported here')
  const start = { fileName: 'x', fileBytes: 1024 ** 2 + 1, environment: 'import-x' }
  expect((await begin(start)).status()).toBe(413)
})

test('an upload that is given up leaves no file, and its pieces must fit', async () => {
  const begun = await begin({ fileName: 'x.json', fileBytes: 100, environment: 'import-x' })
  const { id } = ((await begun.json()) as { import: { id: string } }).import
  expect(await put(id, 0, '{"resourceSpans":')).toBe(200)
  expect(await put(id, 0, '{"resourceSpans":')).toBe(200) // said twice
  expect(await put(id, 50, '[]')).toBe(409)
  expect(await put('00000000-0000-4000-8000-000000000000', 17, '[]')).toBe(404)
  expect((await begin({ fileName: 'y', fileBytes: 9, environment: 'y' })).status()).toBe(409)
  expect(keptFiles()).toHaveLength(1)
  await open('/import')
  await page.getByRole('button', { name: 'Cancel' }).click()
  await expect(result()).toContainText('Cancelled: nothing was imported.')
  expect(keptFiles()).toEqual([])
  expect(await put(id, 17, '[]')).toBe(404)
})

test('the page works by keyboard, narrow and dark, and has no fault that axe finds', async () => {
  await page.emulateMedia({ colorScheme: 'dark' })
  await page.setViewportSize({ width: 390, height: 844 })
  await open('/map')
  await page.getByRole('button', { name: 'Add traces' }).press('Enter')
  await page.keyboard.press('ArrowDown')
  await page.getByRole('menuitem', { name: 'Import a trace file' }).press('Enter')
  await expect(page.getByText('Drop a trace file here')).toBeVisible()
  expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([])
  await choose('by keyboard.json', readFileSync(CAPTURE))
  await environmentField().press('Enter')
  await expect(result()).toContainText('Imported', { timeout: 30_000 })
  expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([])
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390)
  await page.setViewportSize({ width: 1440, height: 900 })
})

const open = (to: string) => page.goto(`${product.webUrl}${to}`)
const environmentField = () => page.getByLabel('Environment for its traces')
const alert = () => page.getByRole('main').getByRole('alert')
const result = () => page.getByRole('region', { name: 'Import' })

async function choose(name: string, buffer: Buffer): Promise<void> {
  const mimeType = 'application/octet-stream'
  await page.locator('input[type=file]').setInputFiles({ name, mimeType, buffer })
}

async function importFile(name: string, buffer: Buffer): Promise<void> {
  await open('/import')
  await choose(name, buffer)
  await page.getByRole('button', { name: 'Import', exact: true }).click()
}

/** What lies where captures are kept while they come in. */
function keptFiles(): string[] {
  const folder = path.join(dataDir.path, 'imports')
  return existsSync(folder) ? readdirSync(folder) : []
}

const begin = (data: object) =>
  page.request.post(`${product.webUrl}/api/v1/imports`, {
    headers: { origin: product.webUrl },
    data,
  })

async function put(id: string, at: number, data: string): Promise<number> {
  const answer = await page.request.put(`${product.webUrl}/api/v1/imports/${id}?at=${at}`, {
    headers: { origin: product.webUrl, 'content-type': 'application/octet-stream' },
    data,
  })
  return answer.status()
}

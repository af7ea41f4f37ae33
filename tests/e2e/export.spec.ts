// The Export menu of the map: each format comes down as a file, and is what `strayline graph` prints of the
// same spans. The capture names its environment as the import does, so that both graphs are one.
import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { promisify } from 'node:util'
import AxeBuilder from '@axe-core/playwright'
import { expect, type Page, test } from '@playwright/test'
import { DOMParser } from '@xmldom/xmldom'
import { makeDataDir, type Product, startProduct } from '../support/product.ts'
import { createAccount } from './account.ts'

const ROOT = path.join(import.meta.dirname, '../..')
const CAPTURE = path.join(ROOT, 'tests/fixtures/captures/small-shop.jsonl')
const ENVIRONMENT = 'import-small-shop'
const execute = promisify(execFile)

let product: Product
let page: Page
const dataDir = makeDataDir()

test.describe.configure({ mode: 'serial' })
test.beforeAll(async ({ browser }) => {
  test.setTimeout(180_000)
  product = await startProduct(dataDir.path, { STRAYLINE_HOLD: '500ms', STRAYLINE_QUIET: '200ms' })
  page = await (await browser.newContext()).newPage()
  await createAccount(page, product)
  const to = ['--to', `http://127.0.0.1:${product.otlpHttpPort}`, '--wait']
  await strayline('replay', CAPTURE, ...to)
  await page.goto(`${product.webUrl}/map?environment=${ENVIRONMENT}`)
})
test.afterAll(async () => {
  await page?.context().close()
  await product?.stop()
  dataDir.remove()
})

for (const [label, format, extension] of [
  ['Mermaid', 'mermaid', 'mmd'],
  ['DOT', 'dot', 'dot'],
  ['CSV', 'csv', 'csv'],
] as const)
  test(`${label} of the map is what the command prints, byte for byte`, async () => {
    const { name, text } = await download(label)
    expect(name).toMatch(new RegExp(`^strayline-import-small-shop-24h-\\d{12}\\.${extension}$`))
    expect(text).toBe(await strayline('graph', CAPTURE, '--format', format))
  })

test('JSON has the nodes and edges that the command prints', async () => {
  const { text } = await download('JSON')
  const wanted = JSON.parse(await strayline('graph', CAPTURE, '--format', 'json'))
  const given = JSON.parse(text)
  expect(given.nodes).toEqual(wanted.nodes)
  // A replay gives the traces new ids, so the examples are others.
  const withoutExamples = (edge: object) => ({ ...edge, examples: [] })
  expect(given.edges.map(withoutExamples)).toEqual(wanted.edges.map(withoutExamples))
})

test('SVG is the drawing of the command under a title of its own, and renders', async () => {
  const { text } = await download('SVG')
  const titles: string[] = []
  const document = new DOMParser().parseFromString(text, 'image/svg+xml')
  for (const title of Array.from(document.getElementsByTagName('title')))
    titles.push(title.textContent ?? '')
  for (const name of ['gateway', 'cart', 'orders', 'paid', 'bill "ing" <b>\ufffd]]>'])
    expect(titles).toContain(name)
  expect(titles[0]).toMatch(/^import-small-shop, 8 nodes, 7 edges, Last 24 hours: .* UTC$/)
  for (const part of ['known from one side only', '>service<', '>external<'])
    expect(text).toContain(part)
  const drawn = (svg: string) => svg.match(/<(rect|path|polygon|ellipse)[^>]+stroke[^>]+>/g)
  expect(drawn(text)).toEqual(drawn(await strayline('graph', CAPTURE, '--format', 'svg')))
  const picture = await page.context().newPage()
  await picture.setContent(`<img src="data:image/svg+xml,${encodeURIComponent(text)}">`)
  await expect
    .poll(() => picture.locator('img').evaluate((img) => (img as HTMLImageElement).naturalWidth))
    .toBeGreaterThan(300)
  await picture.close()
})

test('the same window gives the same bytes, with the type of its format', async () => {
  const types = {
    svg: 'image/svg+xml; charset=utf-8',
    mermaid: 'text/plain; charset=utf-8',
    dot: 'text/vnd.graphviz; charset=utf-8',
    csv: 'text/csv; charset=utf-8; header=present',
    json: 'application/json',
  }
  const at = Date.now()
  for (const [format, type] of Object.entries(types)) {
    const [first, again] = [await fetchExport({ format, at }), await fetchExport({ format, at })]
    expect(first.headers()['content-type']).toBe(type)
    expect(first.headers()['content-disposition']).toMatch(/^attachment; filename="[\w.-]+"$/)
    expect(await again.text()).toBe(await first.text())
  }
  for (const wrong of [{ format: 'exe' }, { format: 'svg', at: 'now' }, { format: 'svg', at: -1 }])
    expect((await fetchExport(wrong)).status()).toBe(400)
})

test('the menu works by keyboard and has no fault that axe finds', async () => {
  await page.getByRole('button', { name: 'Export' }).press('Enter')
  await expect(page.getByRole('menuitem', { name: 'SVG' })).toBeFocused()
  expect((await new AxeBuilder({ page }).include('[role=menu]').analyze()).violations).toEqual([])
  const downloading = page.waitForEvent('download')
  // The menu moves the focus a moment after the key.
  await page.keyboard.press('End')
  await expect(page.getByRole('menuitem', { name: 'JSON' })).toBeFocused()
  await page.keyboard.press('Enter')
  expect((await downloading).suggestedFilename()).toMatch(/\.json$/)
})

async function download(label: string): Promise<{ name: string; text: string }> {
  await page.getByRole('button', { name: 'Export' }).click()
  const downloading = page.waitForEvent('download')
  await page.getByRole('menuitem', { name: label }).click()
  const file = await downloading
  return { name: file.suggestedFilename(), text: readFileSync(await file.path(), 'utf8') }
}

function fetchExport(more: Record<string, string | number>) {
  const query = { environment: ENVIRONMENT, window: '1h', ...more }
  const params = Object.fromEntries(Object.entries(query).map(([key, value]) => [key, `${value}`]))
  return page.request.get(`${product.webUrl}/api/v1/graph/export`, { params })
}

async function strayline(...args: string[]): Promise<string> {
  const { stdout } = await execute(process.execPath, [path.join(ROOT, 'cli/main.ts'), ...args])
  return stdout
}

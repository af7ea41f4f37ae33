// Find and hide over sixty services in the real product: map and tables show the same under any query, by
// keyboard, from a link, and in words. Its screenshots are in test-results/screens.
import { expect, type Page, test } from '@playwright/test'
import type { Core } from 'cytoscape'
import fc from 'fast-check'
import { printQuery } from '../../core/find/query.ts'
import { anyQuery } from '../core/find/graphs.ts'
import { makeDataDir, type Product, startProduct } from '../support/product.ts'
import { createAccount } from './account.ts'
import { whenDrawn } from './drawing.ts'
import { graveProblems } from './grave-problems.ts'
import { calls, sendCalls } from './telemetry.ts'

const SERVICES = 60
const QUERIES = 50
const SEED = 20_261
/** A tree of services with a few shortcuts, databases and hosts outside. */
const FLEET = Array.from({ length: SERVICES - 1 }, (_, at) => {
  const [own, parent] = [`service-${at + 1}`, `service-${Math.floor(at / 3)}`]
  const lines = [`${parent} > ${own}`]
  if (at % 7 === 0) lines.push(`${own} >> ${own}-db`)
  if (at % 11 === 0) lines.push(`${own} ~> api.partner-${at}.example`)
  if (at % 5 === 0) lines.push(`${own} > service-${(at * 17) % SERVICES}`)
  return lines.join('\n')
}).join('\n')
const NODES = SERVICES + 9 + 6

let product: Product
let page: Page
const dataDir = makeDataDir()

test.describe.configure({ mode: 'serial' })
test.beforeAll(async ({ browser }) => {
  test.setTimeout(180_000)
  product = await startProduct(dataDir.path, { STRAYLINE_HOLD: '500ms', STRAYLINE_QUIET: '200ms' })
  page = await (await browser.newContext()).newPage()
  await createAccount(page, product)
  await sendCalls(product.otlpHttpPort, 'prod', calls(FLEET))
  await whenDrawn(page, NODES)
  await page.getByRole('button', { name: 'Approve…' }).click()
  await page.getByLabel('Reason').fill('As reviewed')
  await page.getByRole('button', { name: 'Approve baseline' }).click()
  await expect(page.getByText('baseline version 1')).toBeVisible()
  await sendCalls(product.otlpHttpPort, 'prod', calls('service-3 > service-40'))
  await expect(page.getByText('+ 1 new edge')).toBeVisible()
})
test.afterAll(async () => {
  await page?.context().close()
  await product?.stop()
  dataDir.remove()
})

test('map and tables show the same, found and not, under fifty queries at random', async () => {
  test.setTimeout(600_000)
  await page.goto(`${product.webUrl}/map?show=both`)
  await whenDrawn(page, NODES)
  // Words and values of this fleet, so that queries differ in what they fit.
  const query = anyQuery(false).map(printQuery).map(suitFleet)
  const asked = fc.sample(fc.tuple(query, fc.oneof(fc.constant(''), query)), {
    seed: SEED,
    numRuns: QUERIES,
  })
  const sizes = new Set<string>()
  for (const [find, hide] of asked) {
    await ask(find, hide)
    // Marks follow the rows by an effect.
    await expect(async () => {
      const drawn = await readMap(page)
      expect(await readTables(page), `find ${find}, hide ${hide}`).toEqual(drawn)
    }).toPass({ timeout: 30_000 })
    const drawn = await readMap(page)
    sizes.add(`${drawn.shown.length} ${drawn.found.length}`)
  }
  expect(sizes.size, 'queries that differ in what they show').toBeGreaterThan(15)
})

test('a link carries what is found and hidden, and says it in numbers', async () => {
  const query = new URLSearchParams({
    find: 'reach(name = service-3) and not new',
    hide: 'kind = external',
  })
  await page.goto(`${product.webUrl}/map?${query}`)
  await whenDrawn(page, NODES - 6)
  const status = page.getByRole('search').getByRole('status')
  await expect(status).toHaveText(
    /^found \d+ of 69 nodes, \d+ of \d+ edges; hidden 6 nodes, 6 edges$/,
  )
  await photograph('find')
  expect(await graveProblems(page)).toEqual([])
  await page.setViewportSize({ width: 390, height: 844 })
  await photograph('find-390')
  await page.setViewportSize({ width: 1440, height: 900 })
})

test('by keyboard alone: completed, stepped through, chosen, mistaken and mended', async () => {
  await page.goto(`${product.webUrl}/map`)
  await whenDrawn(page, NODES)
  await page.keyboard.press('Control+k')
  await page.keyboard.type('kin')
  const options = page.getByRole('listbox', { name: /^Find/ }).getByRole('option')
  await expect(options.first()).toContainText('kind')
  await page.keyboard.press('ArrowDown')
  await expect(page.getByRole('combobox', { name: 'Find' })).toHaveAttribute(
    'aria-activedescendant',
    /.+/,
  )
  await photograph('find-completion')
  expect(await graveProblems(page)).toEqual([])
  await page.keyboard.press('Tab')
  await page.keyboard.type('= ext')
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('combobox', { name: 'Find' })).toHaveValue('kind = external ')
  const status = page.getByRole('search').getByRole('status')
  await expect(status).toHaveText(/^found 6 of 75 nodes, 0 of/)
  await page.keyboard.press('Escape')
  await page.keyboard.press('Escape')
  await page.keyboard.press('n')
  await expect(status).toHaveText(/^1 of 6; found/)
  await expect(page).toHaveURL(/select=n\d+/)
  await page.keyboard.press('m')
  await expect(status).toHaveText(/^6 of 6; found/)
  await page.keyboard.press('/')
  await page.keyboard.type('p95 > fast')
  await expect(page.getByText('Find, at character 7: Expected a time such as 250ms')).toBeVisible()
  await expect(page.getByRole('combobox', { name: 'Find' })).toHaveAttribute('aria-invalid', 'true')
  await photograph('find-mistake')
  expect(await graveProblems(page)).toEqual([])
})

test('help opens with examples, and one of them is a click from the map', async () => {
  await page.goto(`${product.webUrl}/map`)
  await page.getByRole('button', { name: 'Help to find and hide' }).click()
  const help = page.getByRole('dialog', { name: 'How to find and hide' })
  await expect(help.getByRole('tab', { name: 'Examples' })).toHaveAttribute('aria-selected', 'true')
  await photograph('find-help')
  expect(await graveProblems(page)).toEqual([])
  await help.getByRole('tab', { name: 'Edges' }).click()
  await expect(help.getByText('95th percentile of latency')).toBeVisible()
  await help.getByRole('tab', { name: 'Examples' }).click()
  await help.getByRole('button', { name: 'kind = external hosts outside' }).click()
  await expect(page).toHaveURL(/find=kind/)
  await expect(page.getByRole('combobox', { name: 'Find' })).toHaveValue('kind = external')
})

test('the field shows what is found when the same query is chosen a second time', async () => {
  await page.goto(`${product.webUrl}/map?find=new`)
  const field = page.getByRole('combobox', { name: 'Find' })
  await expect(field).toHaveValue('new')
  for (const example of ['kind = external', 'new']) {
    await page.getByRole('button', { name: 'Help to find and hide' }).click()
    const help = page.getByRole('dialog', { name: 'How to find and hide' })
    await help.getByRole('button', { name: new RegExp(`^${example} (hosts|what)`) }).click()
    await expect(field).toHaveValue(example)
  }
})

test('a query that hides everything is a word away from its end', async () => {
  await page.goto(`${product.webUrl}/map?hide=${encodeURIComponent('degree >= 0')}`)
  await expect(page.getByText('Everything is hidden')).toBeVisible()
  await page.getByRole('button', { name: 'Clear it' }).click()
  await whenDrawn(page, NODES)
})

function suitFleet(query: string): string {
  return query
    .replaceAll('cart', 'service-1')
    .replaceAll('web', 'service-2')
    .replaceAll('pay', 'partner')
    .replaceAll('Pay-api', 'service-10')
}

/** Types both, and waits until the address and the page say so. */
async function ask(find: string, hide: string): Promise<void> {
  await page.getByRole('combobox', { name: 'Find' }).fill(find)
  await page.getByRole('combobox', { name: 'Hide' }).fill(hide)
  await page.waitForFunction(
    ([wantedFind, wantedHide]) => {
      const params = new URLSearchParams(location.search)
      return (params.get('find') ?? '') === wantedFind && (params.get('hide') ?? '') === wantedHide
    },
    [find, hide],
  )
  // The canvas draws a view later than the page.
  await page.waitForFunction(() => {
    const holder = document.querySelector('[role=application]') as { _cyreg?: { cy?: Core } } | null
    const labels = [...document.querySelectorAll('[aria-label=Tables] fieldset button')]
    const rows = labels.reduce((sum, { textContent }) => sum + Number(textContent.split(' ')[1]), 0)
    return rows === (holder?._cyreg?.cy?.elements().length ?? 0)
  })
}

type Seen = { readonly shown: readonly string[]; readonly found: readonly string[] }

/** Element ids that Cytoscape shows, and those it marks as found. */
function readMap(of: Page): Promise<Seen> {
  return of.evaluate(() => {
    const holder = document.querySelector('[role=application]') as { _cyreg?: { cy?: Core } } | null
    const elements = holder?._cyreg?.cy?.elements().toArray() ?? []
    const ids = (some: typeof elements) => some.map((element) => element.id()).sort()
    return {
      shown: ids(elements.filter((element) => element.visible())),
      found: ids(elements.filter((element) => element.hasClass('found'))),
    }
  })
}

/** The same of the rows of both tables. */
async function readTables(of: Page): Promise<Seen> {
  const rows: { id: string; isFound: boolean }[] = []
  if ((await of.getByText('Everything is hidden').count()) === 0)
    for (const name of ['Edges', 'Nodes']) {
      await of.getByRole('button', { name: new RegExp(`^${name} \\d+$`) }).click()
      rows.push(
        ...(await of.getByRole('table', { name }).evaluate((table) =>
          [...table.querySelectorAll<HTMLElement>('tr[data-row]')].map((row) => ({
            id: row.dataset.row ?? '',
            isFound: row.dataset.found === 'true',
          })),
        )),
      )
    }
  const ids = (some: typeof rows) => some.map(({ id }) => id).sort()
  return { shown: ids(rows), found: ids(rows.filter(({ isFound }) => isFound)) }
}

async function photograph(name: string): Promise<void> {
  for (const colorScheme of ['dark', 'light'] as const) {
    await page.emulateMedia({ colorScheme })
    await page.waitForTimeout(300)
    await page.screenshot({ path: `test-results/screens/${name}-${colorScheme}.png` })
  }
}

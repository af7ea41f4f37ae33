// Alerts by incident, as people meet them: two of one caller under one sentence, the alert that links its incident, the
// incident alone, and what recovered. Its screenshots are in test-results/screens.
import AxeBuilder from '@axe-core/playwright'
import { expect, type Page, test } from '@playwright/test'
import { makeDataDir, type Product, startProduct } from '../support/product.ts'
import { createAccount } from './account.ts'
import { calls, sendCalls } from './telemetry.ts'

const KNOWN = calls(`
  web > cart
  web > search
`)
const STRAY = calls(`
  cart > ledger
  cart ~> api.evil.example
  cart >> ledger-db
  search ~> www.evil.example
`)
const SENTENCE =
  'cart made a first access to the database postgresql:ledger-db; first calls to ledger.'
const OUTSIDE = 'called the external destination evil.example.'

let product: Product
let page: Page
const dataDir = makeDataDir()

test.describe.configure({ mode: 'serial' })
test.beforeAll(async ({ browser }) => {
  test.setTimeout(180_000)
  product = await startProduct(dataDir.path, { STRAYLINE_HOLD: '500ms', STRAYLINE_QUIET: '200ms' })
  page = await (await browser.newContext()).newPage()
  await createAccount(page, product)
  await sendCalls(product.otlpHttpPort, 'prod', KNOWN)
  await page.getByRole('button', { name: 'Approve…' }).click()
  await page.getByLabel('Reason').fill('As reviewed')
  await expect(page.getByText(/will hold 2 edges/)).toBeVisible()
  await page.getByRole('button', { name: 'Approve baseline' }).click()
  await expect(page.getByText('baseline version 1')).toBeVisible()
  await sendCalls(product.otlpHttpPort, 'prod', STRAY)
  await expect(page.getByRole('link', { name: 'Alerts 4 open' })).toBeVisible()
})
test.afterAll(async () => {
  await page?.context().close()
  await product?.stop()
  dataDir.remove()
})

test('alerts of one incident stand under its sentence, and keys walk them as they stand', async () => {
  await page.goto(`${product.webUrl}/alerts`)
  const ofCart = page.getByRole('region', { name: SENTENCE })
  await expect(ofCart).toContainText('2 alerts of one incident')
  await expect(ofCart.getByRole('listitem')).toHaveCount(2)
  const ofDomain = page.getByRole('region', { name: new RegExp(OUTSIDE) })
  await expect(ofDomain.getByRole('listitem')).toHaveCount(2)
  const rows = page.getByRole('list', { name: 'Alerts' }).getByRole('link')
  await rows.first().click()
  for (const place of [1, 2, 3]) {
    await page.keyboard.press('j')
    await expect(rows.nth(place)).toHaveAttribute('aria-current', 'true')
  }
  await photograph('alerts-by-incident')
  await expectAccessible()
})

test('an alert names its incident, which can be seen alone', async () => {
  await page.getByRole('region', { name: SENTENCE }).getByRole('link').first().click()
  const detail = page.getByRole('article', { name: 'Alert' })
  await expect(detail).toContainText(`Incident: ${SENTENCE}`)
  await detail.getByRole('link', { name: 'All its alerts' }).click()
  await expect(page).toHaveURL(/incident=\d+/)
  const rows = page.getByRole('list', { name: 'Alerts' }).getByRole('link')
  await expect(rows).toHaveCount(2)
  await photograph('incident')
  await expectAccessible()
  await page.getByRole('link', { name: 'Alerts of all incidents' }).click()
  await expect(rows).toHaveCount(4)
})

async function photograph(name: string): Promise<void> {
  await page.screenshot({ path: `test-results/screens/${name}.png` })
}

async function expectAccessible(): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze()
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([])
}

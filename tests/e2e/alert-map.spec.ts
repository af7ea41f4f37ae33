// The alert that a link leads to: its small map on any screen, in both themes, and the way there through
// sign-in, also with a session that has ended. Its screenshots are in test-results/screens.
import { expect, type Page, test } from '@playwright/test'
import { makeDataDir, type Product, startProduct } from '../support/product.ts'
import { createAccount } from './account.ts'
import { graveProblems } from './grave-problems.ts'
import { calls, sendCalls } from './telemetry.ts'

const PARTNERS = 'invoices refunds payroll reports billing audits exports imports'
const KNOWN = `
  web-frontend > shopping-cart
  storefront > shopping-cart
  shopping-cart > product-catalogue
  shopping-cart >> cart-db
  shopping-cart ~> api.payments.example
  customer-accounts-directory-of-the-eastern-region >> accounts-db
  web-frontend > customer-accounts-directory-of-the-eastern-region
  ${PARTNERS.split(' ')
    .map((name) => `${name} > customer-accounts-directory-of-the-eastern-region`)
    .join('\n')}
`
const STRAY = calls('shopping-cart > customer-accounts-directory-of-the-eastern-region')
const PHONE = { width: 390, height: 844 }

let product: Product
let page: Page
let alertPath: string
const dataDir = makeDataDir()

test.describe.configure({ mode: 'serial' })
test.beforeAll(async ({ browser }) => {
  test.setTimeout(180_000)
  product = await startProduct(dataDir.path, { STRAYLINE_HOLD: '500ms', STRAYLINE_QUIET: '200ms' })
  page = await (await browser.newContext()).newPage()
  await createAccount(page, product)
  await sendCalls(product.otlpHttpPort, 'prod', calls(KNOWN))
  // Those of one half come after the hold; what is approved is counted when the dialog opens.
  await expect(page.getByText(/ nodes, 15 edges/).first()).toBeVisible({ timeout: 30_000 })
  await page.getByRole('button', { name: 'Approve…' }).click()
  await page.getByLabel('Reason').fill('As reviewed')
  await expect(page.getByText(/will hold 15 edges/)).toBeVisible()
  await page.getByRole('button', { name: 'Approve baseline' }).click()
  await expect(page.getByText('baseline version 1')).toBeVisible()
  await sendCalls(product.otlpHttpPort, 'prod', STRAY)
  await expect(page.getByRole('link', { name: 'Alerts 1 open' })).toBeVisible()
})
test.afterAll(async () => {
  await page?.context().close()
  await product?.stop()
  dataDir.remove()
})

test('the alert shows its edge and one hop around it, legibly on a phone too', async () => {
  await page.goto(`${product.webUrl}/alerts`)
  await expect(page).toHaveURL(/alert=\d+/)
  alertPath = `/alerts?alert=${new URL(page.url()).searchParams.get('alert')}`
  const drawing = page.getByRole('img', { name: /shopping-cart → service customer-accounts/ })
  await expect(drawing).toBeVisible()
  await photograph('alert-map')
  expect(await graveProblems(page)).toEqual([])
  await page.setViewportSize(PHONE)
  await drawing.scrollIntoViewIfNeeded()
  const fontPx = await drawing.evaluate((svg) => {
    const text = svg.querySelector('g text')
    return (text?.getBoundingClientRect().height ?? 0) / 1.2
  })
  expect(fontPx).toBeGreaterThanOrEqual(10)
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(PHONE.width)
  await photograph('alert-map-390')
  await page.setViewportSize({ width: 1440, height: 900 })
})

test('the head says how many alerts came today, and by keyboard what is counted', async () => {
  const line = page.locator('summary', { hasText: 'prod: 1 alert today, target 10' })
  await line.focus()
  await page.keyboard.press('Enter')
  await expect(page.getByText(/Alerts of prod that opened, opened again/)).toBeVisible()
  await expect(page.getByRole('table', { name: 'Alerts a day' }).getByRole('row')).toHaveCount(7)
  await photograph('alert-budget')
  expect(await graveProblems(page)).toEqual([])
  await page.setViewportSize(PHONE)
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(PHONE.width)
  await photograph('alert-budget-390')
  await page.setViewportSize({ width: 1440, height: 900 })
  await page.keyboard.press('Enter')
})

test('its table says the same, counts what is left out, and leads to the map at an edge', async () => {
  const table = page.getByRole('table', { name: 'Edges of the drawing' })
  await expect(table.getByRole('row').filter({ hasText: 'this alert' })).toHaveCount(1)
  await expect(table.getByRole('link')).toHaveCount(1 + 7 + 4)
  await expect(page.getByText('Left out: 4 callers more.')).toBeVisible()
  await page.getByRole('link', { name: 'Show on the map' }).click()
  await expect(page).toHaveURL(/\/map\?.*select=e\d+/)
  await expect(page.getByRole('complementary')).toContainText('shopping-cart')
})

test('a link leads to an alert that is decided while no other is open', async () => {
  await page.goto(`${product.webUrl}${alertPath}`)
  await page.getByRole('button', { name: 'Reject', exact: true }).click()
  await page.getByLabel('Reason').fill('Nobody may')
  await page.getByRole('dialog').getByRole('button', { name: 'Reject', exact: true }).click()
  await expect(page.getByRole('dialog')).toBeHidden()
  await page.goto(`${product.webUrl}${alertPath}`)
  await expect(page.getByRole('article').getByText('rejected').first()).toBeVisible()
  await expect(page.getByRole('img', { name: /shopping-cart → / })).toBeVisible()
  await photograph('alert-map-rejected')
})

test('signing in from a link comes back to the alert, also when the session has ended', async ({
  browser,
}) => {
  const context = await browser.newContext()
  const other = await context.newPage()
  for (const cookie of ['', 'ended.long-ago']) {
    await context.clearCookies()
    if (cookie !== '')
      await context.addCookies([
        { name: 'strayline.session_token', value: cookie, url: product.webUrl },
      ])
    await other.goto(`${product.webUrl}${alertPath}`)
    await expect(other).toHaveURL(`${product.webUrl}/sign-in?next=${encodeURIComponent(alertPath)}`)
    await other.getByLabel('E-mail').fill('ada@shop.example')
    await other.getByLabel('Password').fill('correct horse battery')
    await other.getByRole('button', { name: 'Sign in' }).click()
    await expect(other).toHaveURL(`${product.webUrl}${alertPath}`)
    await expect(other.getByRole('img', { name: /shopping-cart → / })).toBeVisible()
  }
  await context.close()
})

async function photograph(name: string): Promise<void> {
  for (const colorScheme of ['dark', 'light'] as const) {
    await page.emulateMedia({ colorScheme })
    await page.waitForTimeout(250)
    await page.screenshot({ path: `test-results/screens/${name}-${colorScheme}.png` })
  }
}

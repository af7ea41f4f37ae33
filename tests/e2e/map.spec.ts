// The map as a person sees and walks it: legible, stable, by keyboard alone, in both themes, and without a
// single refusal by the content security policy. Its screenshots are in test-results/screens.
import { expect, type Page, test } from '@playwright/test'
import { makeDataDir, type Product, startProduct } from '../support/product.ts'
import { createAccount } from './account.ts'
import { drawnNodes, nodePositions, overlappingPairs, whenDrawn } from './drawing.ts'
import { graveProblems } from './grave-problems.ts'
import { type Call, calls, sendCalls } from './telemetry.ts'

const HOSTILE = '<script>window.hacked=1</script>'
const SHOP = calls(`
  web-frontend > product-catalogue
  web-frontend > shopping-cart
  web-frontend > checkout
  web-frontend > recommendations
  recommendations > product-catalogue
  checkout > shopping-cart
  checkout > payment-authorisation-gateway
  checkout > shipping
  checkout > currency-conversion
  checkout > email-notifications
  email-notifications > template-renderer
  payment-authorisation-gateway > fraud-detection
  fraud-detection > customer-accounts
  product-catalogue >> catalogue-db
  shopping-cart >> cart-db
  customer-accounts >> accounts-db
  payment-authorisation-gateway ~> api.stripe.example
  email-notifications ~> smtp.mail.example
`)

let product: Product
let page: Page
const dataDir = makeDataDir()
/** What the browser complained about, and where it wanted to go. */
const complaints: string[] = []

test.describe.configure({ mode: 'serial' })
test.beforeAll(async ({ browser }) => {
  test.setTimeout(180_000)
  product = await startProduct(dataDir.path, { STRAYLINE_HOLD: '500ms', STRAYLINE_QUIET: '200ms' })
  page = await (await browser.newContext()).newPage()
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text())
  })
  page.on('pageerror', (error) => complaints.push(String(error)))
  page.on('request', (request) => {
    const { protocol, origin } = new URL(request.url())
    if (protocol !== 'data:' && origin !== product.webUrl) complaints.push(`asked ${request.url()}`)
  })
})
test.afterAll(async () => {
  await page?.context().close()
  await product?.stop()
  dataDir.remove()
})

test('an empty map says how traces get here', async () => {
  await createAccount(page, product)
  await expect(page.getByText('No traces have arrived yet')).toBeVisible()
  for (const name of ['Connect your services', 'Import a trace file'])
    await expect(page.getByRole('link', { name })).toBeVisible()
  await expect(page.getByText('Waiting for the first span')).toBeVisible()
  await photograph('empty')
  expect(await graveProblems(page)).toEqual([])
})

test('twelve services appear by themselves, and every label is legible', async () => {
  await send(SHOP)
  await whenDrawn(page, 17)
  await expect(page.getByText('No baseline yet')).toBeVisible()
  await expect(page.getByText('17 nodes, 18 edges')).toBeVisible()
  await page.waitForTimeout(500)
  const nodes = await drawnNodes(page)
  for (const node of nodes) {
    expect(node.fontPx, `${node.label} is too small`).toBeGreaterThanOrEqual(9)
    expect(node.isInView, `${node.label} is not in view`).toBe(true)
    expect(node.labelWidth, `${node.label} does not fit its box`).toBeLessThan(node.boxWidth)
  }
  expect(overlappingPairs(nodes)).toEqual([])
  expect(nodes.map((node) => node.label)).toContain('payment-authorisation-gateway')
  await photograph('services')
  expect(await graveProblems(page)).toEqual([])
})

test('after the approval a new edge is flagged, and nothing that was there moves', async () => {
  await page.getByRole('button', { name: 'Approve…' }).click()
  const dialog = page.getByRole('dialog')
  await expect(dialog.getByText('The baseline will hold 18 edges between 17 nodes.')).toBeVisible()
  expect(await graveProblems(page)).toEqual([])
  await dialog.getByLabel('Reason').fill('As reviewed')
  await dialog.getByRole('button', { name: 'Approve baseline' }).click()
  await expect(page.getByText('baseline version 1')).toBeVisible()
  const before = await nodePositions(page)
  await send([
    ...calls('currency-conversion > customer-accounts'),
    ...calls('shopping-cart ~> collect.metrics-exfil.example'),
  ])
  await expect(page.getByText('+ 2 new edges')).toBeVisible()
  await whenDrawn(page, 18)
  const after = await nodePositions(page)
  for (const [id, position] of Object.entries(before)) expect(after[id]).toBe(position)
  expect(overlappingPairs(await drawnNodes(page))).toEqual([])
  await expect(page.getByRole('link', { name: 'Alerts 2 open' })).toBeVisible()
  await photograph('flagged')
})

test('a name with markup is text everywhere', async () => {
  await send([{ source: 'shipping', target: HOSTILE, kind: 'service' }])
  await expect(page.getByRole('link', { name: 'Alerts 3 open' })).toBeVisible()
  await page.goto(`${product.webUrl}/map?environment=prod&show=both`)
  await page.getByRole('row').filter({ hasText: HOSTILE }).click()
  await expect(page.getByRole('complementary').getByText(HOSTILE).first()).toBeVisible()
  await page.goto(`${product.webUrl}/alerts`)
  await page
    .getByRole('list', { name: 'Alerts' })
    .getByRole('link')
    .filter({ hasText: HOSTILE })
    .click()
  await expect(page.getByRole('article').getByText(HOSTILE).first()).toBeVisible()
  expect(await page.evaluate(() => 'hacked' in window)).toBe(false)
  await photograph('alerts')
  expect(await graveProblems(page)).toEqual([])
})

test('positions stay across a reload', async () => {
  await page.goto(`${product.webUrl}/map`)
  await whenDrawn(page, 19)
  const before = await nodePositions(page)
  await page.reload()
  await whenDrawn(page, 19)
  expect(await nodePositions(page)).toEqual(before)
})

test('by keyboard alone: find a new edge, inspect it, accept it', async () => {
  await page.keyboard.press('/')
  await page.keyboard.type('currency customer')
  await expect(page).toHaveURL(/find=currency/)
  await page.getByRole('application').focus()
  const announced = page.locator('[aria-live=polite]').first()
  await walkTo('service currency-conversion', ['ArrowDown', 'ArrowRight'])
  await page.keyboard.press('ArrowRight')
  await expect(announced).toContainText('currency-conversion → customer-accounts, new')
  await page.keyboard.press('Enter')
  const panel = page.getByRole('complementary')
  await expect(panel.getByText('Both sides have reported every call')).toBeVisible()
  await photograph('panel')
  expect(await graveProblems(page)).toEqual([])
  await tabTo('Accept')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('dialog')).toBeVisible()
  await tabTo('Reason')
  await page.keyboard.type('SHOP-7')
  await tabTo('Accept into the baseline')
  await page.keyboard.press('Enter')
  await expect(panel.getByText('baseline version 2 holds this edge')).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(panel).toBeHidden()
  await page.keyboard.press('t')
  await expect(page.getByRole('table', { name: 'Edges' })).toBeVisible()
})

test('while a form is open newer data waits, and says how much', async () => {
  await page.goto(`${product.webUrl}/map?environment=prod&show=both`)
  await page.getByRole('row').filter({ hasText: 'metrics-exfil.example' }).click()
  await page.getByRole('button', { name: 'Reject', exact: true }).click()
  await page.getByRole('dialog').getByLabel('Reason').fill('half a rea')
  await send(calls('shipping ~> late.example'))
  await expect(page.getByText(/^2 changes:/)).toBeVisible()
  await expect(page.getByRole('row').filter({ hasText: 'late.example' })).toHaveCount(0)
  await expect(page.getByLabel('Reason')).toHaveValue('half a rea')
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: 'show', exact: true }).click()
  await expect(page.getByRole('row').filter({ hasText: 'late.example' })).toBeVisible()
})

test('signing out ends it, in other tabs as well', async () => {
  const other = await page.context().newPage()
  await other.goto(`${product.webUrl}/alerts`)
  await page.getByRole('button', { name: 'Account', exact: true }).click()
  await page.getByRole('menuitem', { name: 'Sign out' }).click()
  await expect(page).toHaveURL(/\/sign-in/)
  await expect(other).toHaveURL(/\/sign-in/, { timeout: 20_000 })
  await page.goto(`${product.webUrl}/map`)
  await expect(page).toHaveURL(/\/sign-in\?next=%2Fmap/)
})

test('the browser had nothing to complain about, and asked nobody else', () => {
  const expected = /status of 401|net::ERR_|Failed to load resource/
  expect(complaints.filter((text) => !expected.test(text))).toEqual([])
})

function send(list: readonly Call[]): Promise<void> {
  return sendCalls(product.otlpHttpPort, 'prod', list)
}

/** The page in both themes. */
async function photograph(name: string): Promise<void> {
  for (const colorScheme of ['dark', 'light'] as const) {
    await page.emulateMedia({ colorScheme })
    await page.waitForTimeout(250)
    await page.screenshot({ path: `test-results/screens/${name}-${colorScheme}.png` })
  }
}

/** Presses keys in turn until the map says that it stands there. */
async function walkTo(place: string, keys: readonly string[]): Promise<void> {
  const announced = page.locator('[aria-live=polite]').first()
  for (let step = 0; step < 60; step++) {
    if ((await announced.textContent()) === place) return
    await page.keyboard.press(keys[0] ?? 'ArrowDown')
    await page.waitForTimeout(30)
  }
  throw new Error(`never stood on ${place}`)
}

/** Presses Tab until the element of that name has the focus. */
async function tabTo(name: string): Promise<void> {
  for (let step = 0; step < 40; step++) {
    const focused = await page.evaluate(() => {
      const element = document.activeElement
      const labels = element instanceof HTMLTextAreaElement ? [...element.labels] : []
      return [element?.textContent, ...labels.map((label) => label.textContent)].map((text) =>
        text?.trim(),
      )
    })
    if (focused.includes(name)) return
    await page.keyboard.press('Tab')
  }
  throw new Error(`Tab never came to ${name}`)
}

// What a hasty, narrow or unlucky browser meets: the alert under the eyes stays while new ones come in, an
// address with an unknown environment says so, and neither a failing server nor a session that ran out eats what was
// typed.
import AxeBuilder from '@axe-core/playwright'
import { expect, type Page, test } from '@playwright/test'
import { makeDataDir, type Product, startProduct } from '../support/product.ts'
import { createAccount } from './account.ts'
import { calls, sendCalls } from './telemetry.ts'

let product: Product
let page: Page
const dataDir = makeDataDir()

test.describe.configure({ mode: 'serial' })
test.beforeAll(async ({ browser }) => {
  test.setTimeout(180_000)
  product = await startProduct(dataDir.path, { STRAYLINE_HOLD: '500ms', STRAYLINE_QUIET: '200ms' })
  page = await (await browser.newContext()).newPage()
  await createAccount(page, product)
  await send('gateway > cart\n cart > catalogue')
  await open('/map')
  await page.getByRole('button', { name: 'Approve…' }).click()
  await page.getByLabel('Reason').fill('The first week')
  await page.getByRole('button', { name: 'Approve baseline' }).click()
  await expect(page.getByText('baseline version 1')).toBeVisible()
})
test.afterAll(async () => {
  await page?.context().close()
  await product?.stop()
  dataDir.remove()
})

test('the alert that is read stays while a newer one comes in', async () => {
  await send('cart > payments')
  await open('/alerts')
  const sentence = page.getByRole('article').getByRole('heading', { level: 2 })
  await expect(sentence).toContainText('payments')
  await send('cart ~> drop.evil.example')
  await expect(page.getByRole('list', { name: 'Alerts' })).toContainText('evil.example')
  await expect(sentence).toContainText('payments')
})

test('a decision that cannot be sent keeps its reason and says so', async () => {
  await page.getByRole('button', { name: 'Accept', exact: true }).click()
  await page.getByLabel('Reason').fill('Ticket SHOP-12')
  await page.route('**/alerts**', (route) =>
    route.request().method() === 'POST' ? route.abort() : route.continue(),
  )
  await page.getByRole('button', { name: 'Accept into the baseline' }).click()
  await expect(page.getByRole('dialog').getByRole('alert')).toContainText('try again')
  await expect(page.getByLabel('Reason')).toHaveValue('Ticket SHOP-12')
  await page.unrouteAll()
  await page.getByRole('button', { name: 'Accept into the baseline' }).click()
  await expect(page.getByRole('dialog')).toBeHidden()
  await expect(page.getByRole('link', { name: 'Accepted 1' })).toBeVisible()
})

test('a new version holds exactly the edges that were counted', async () => {
  await open('/map?environment=prod')
  await page.getByRole('button', { name: 'New version…' }).click()
  await expect(page.getByText(/^The baseline will hold 4 edges/)).toBeVisible()
  await send('cart > latecomer')
  await page.getByLabel('Reason').fill('The second week')
  await page.getByRole('button', { name: 'Approve baseline' }).click()
  await expect(page.getByRole('dialog')).toBeHidden()
  await expect(page.getByText('1 new edge')).toBeVisible()
  await open('/alerts?environment=prod')
  await expect(page.getByRole('list', { name: 'Alerts' })).toContainText('latecomer')
})

test('a decided alert can be scrolled by keyboard on a small screen', async () => {
  await page.setViewportSize({ width: 390, height: 844 })
  await open('/alerts?state=accepted')
  await expect(page.getByRole('article')).toBeVisible()
  expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([])
})

test('on a small screen the table still shows which edge a row is', async () => {
  await open('/map?show=table')
  const edge = page.getByRole('rowheader').filter({ hasText: 'payments' })
  await expect(edge).toBeVisible()
  expect((await edge.boundingBox())?.width).toBeGreaterThan(150)
  await page.setViewportSize({ width: 1280, height: 720 })
})

test('an environment that nothing has named is shown as chosen, not another one', async () => {
  const choice = page.getByRole('combobox', { name: 'Environment' })
  for (const path of ['/map', '/alerts']) {
    await open(`${path}?environment=nowhere`)
    await expect(choice).toHaveValue('nowhere')
  }
})

test('an address without an environment shows the one looked at last', async () => {
  await sendCalls(product.otlpHttpPort, 'a-first', calls('web > cart'))
  await page.waitForTimeout(2000)
  const choice = page.getByRole('combobox', { name: 'Environment' })
  await open('/map')
  await expect(choice).toHaveValue('prod')
  await choice.selectOption('a-first')
  await expect(page).toHaveURL(/environment=a-first/)
  await open('/map')
  await expect(choice).toHaveValue('a-first')
})

test('who is no longer signed in is told so where they save, and keeps what was typed', async () => {
  await open('/settings/channels/new?kind=webhook')
  await page.getByLabel('Name').fill('late')
  await page.getByLabel('Address', { exact: true }).fill('https://hooks.example.org/in')
  const cookies = await page.context().cookies()
  // As a browser does when the session has run out.
  await page.context().clearCookies()
  const create = page.getByRole('button', { name: 'Create channel' })
  await create.click()
  await expect(page.getByText('You are no longer signed in.')).toBeVisible()
  await expect(page.getByLabel('Name')).toHaveValue('late')
  await page.context().addCookies(cookies)
  await create.click()
  await expect(page.getByRole('link', { name: 'late', exact: true })).toBeVisible()
})

test('a page asks for no style that its own policy refuses', async () => {
  const refused: string[] = []
  page.on('console', (message) => {
    if (message.text().includes('Content Security Policy')) refused.push(message.text())
  })
  await open('/settings/channels')
  await expect(page.getByRole('switch', { name: 'Enable late' })).toBeChecked()
  expect(refused).toEqual([])
})

const open = (path: string) => page.goto(`${product.webUrl}${path}`)

async function send(text: string): Promise<void> {
  await sendCalls(product.otlpHttpPort, 'prod', calls(text))
  // The hold, and a commit.
  await page.waitForTimeout(2000)
}

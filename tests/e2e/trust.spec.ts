// What a person is told about the evidence for an edge: who reports it, what to fix, what is an estimate,
// and which services have callers nobody knows. Screenshots are in test-results/screens.
import AxeBuilder from '@axe-core/playwright'
import { expect, type Page, test } from '@playwright/test'
import { makeDataDir, type Product, startProduct } from '../support/product.ts'
import { requestOf, span, type TestSpan } from '../support/spans.ts'
import { createAccount } from './account.ts'
import { whenDrawn } from './drawing.ts'

const HUNDREDTH = 'ot=th:fd70a3d70a3d71'
const http = { 'http.request.method': 'POST', 'http.route': '/work' }
/** One trace a number; ids are per trace. */
const SPANS: readonly TestSpan[] = [
  span({ trace: 1, id: 1, service: 'web', kind: 'client', attributes: http }),
  span({ trace: 1, id: 2, parent: 1, service: 'cart', kind: 'server', attributes: http }),
  // Only the caller reports it, and the callee sends nothing at all.
  span({
    ...{ trace: 2, id: 1, service: 'cart', kind: 'client' },
    attributes: { 'peer.service': 'payments', ...http },
  }),
  // Sampled at a hundredth, with an error.
  span({
    ...{ trace: 3, id: 1, service: 'web', kind: 'client', isError: true, traceState: HUNDREDTH },
    attributes: http,
  }),
  span({
    ...{ trace: 3, id: 2, parent: 1, service: 'search', kind: 'server', traceState: HUNDREDTH },
    attributes: http,
  }),
  // Two requests whose caller never reports.
  span({ trace: 4, id: 2, parent: 9, service: 'cart', kind: 'server', attributes: http }),
  span({ trace: 5, id: 2, parent: 9, service: 'cart', kind: 'server', attributes: http }),
]

let product: Product
let page: Page
const dataDir = makeDataDir()

test.describe.configure({ mode: 'serial' })
test.beforeAll(async ({ browser }) => {
  test.setTimeout(180_000)
  product = await startProduct(dataDir.path, { STRAYLINE_HOLD: '500ms', STRAYLINE_QUIET: '200ms' })
  page = await (await browser.newContext()).newPage()
  await createAccount(page, product)
  const answer = await fetch(`http://127.0.0.1:${product.otlpHttpPort}/v1/traces`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(requestOf(SPANS)),
  })
  if (!answer.ok) throw new Error(await answer.text())
  await whenDrawn(page, 4)
})
test.afterAll(async () => {
  await page?.context().close()
  await product?.stop()
  dataDir.remove()
})

const panel = () => page.getByRole('complementary')

test('the tables say in words what the map draws', async () => {
  await page.goto(`${product.webUrl}/map?environment=default&show=both`)
  const edge = (text: string) => page.getByRole('row').filter({ hasText: text })
  await expect(edge('payments')).toContainText('one side')
  await expect(edge('search')).toContainText('≈ 100')
  await expect(edge('search')).toContainText('both sides, sampled')
  await page.getByRole('button', { name: /^Nodes/ }).click()
  await expect(page.getByRole('columnheader', { name: 'Unknown callers' })).toBeVisible()
  await expect(edge('search')).toContainText('only sampled')
  await expect(edge('payments')).toContainText('sends no spans')
  await page.getByRole('button', { name: /^Edges/ }).click()
})

test('an edge that only the caller reports says what to fix', async () => {
  await page.getByRole('row').filter({ hasText: 'payments' }).click()
  const section = panel().locator('section').filter({ hasText: 'How we know' })
  await expect(section).toContainText('Only the caller reports this.')
  await expect(section).toContainText('Instrument payments, or check that its exporter works.')
  await expect(section).toContainText('one side names the other1')
  await photograph('trust-one-side')
})

test('a sampled edge shows an estimate and says what was recorded', async () => {
  await page.getByRole('row').filter({ hasText: 'search' }).click()
  await expect(panel()).toContainText('≈ 100 from 1 recorded')
  await expect(panel()).toContainText('≈ 100 (100 %)')
  await expect(panel()).toContainText('Both sides have reported every call.')
  await expect(panel()).toContainText('sampled, in this window100 %')
  await photograph('trust-sampled')
  const answer = await page.request.get(
    `${product.webUrl}/api/v1/graph?environment=default&window=1h`,
  )
  const { edges } = (await answer.json()) as { edges: { id: string; estimate: unknown }[] }
  const sampled = edges.find((one) => one.estimate !== null)
  expect(sampled).toMatchObject({
    calls: 1,
    sampledCalls: 1,
    estimate: { calls: 100, errors: 100 },
  })
  const detail = await page.request.get(
    `${product.webUrl}/api/v1/edges/${sampled?.id}?environment=default&window=1h`,
  )
  expect(await detail.json()).toMatchObject({
    ...{ isConfirmed: true, trust: { paired: 1 }, examples: [`${'f'.repeat(31)}3`] },
  })
})

test('a service with requests of unknown callers says so', async () => {
  await page.getByRole('button', { name: /^Nodes/ }).click()
  await page.getByRole('row').filter({ hasText: 'cart' }).click()
  await expect(panel()).toContainText('2 requests: the caller’s span never came.')
  await page.getByText('Legend').click()
  await photograph('trust-unknown-callers')
  await page.getByRole('application').focus()
  const announced = page.locator('[aria-live=polite]').first()
  for (let step = 0; step < 9; step++) {
    if ((await announced.textContent())?.includes('cart')) break
    await page.keyboard.press('ArrowDown')
  }
  await expect(announced).toHaveText('service cart, some callers unknown')
  await page.keyboard.press('ArrowRight')
  await expect(announced).toContainText('1 calls, known from one side only')
  const { violations } = await new AxeBuilder({ page }).analyze()
  expect(violations.map(({ id, nodes }) => [id, nodes.map((node) => node.html)])).toEqual([])
})

/** The page in both themes. */
async function photograph(name: string): Promise<void> {
  for (const colorScheme of ['dark', 'light'] as const) {
    await page.emulateMedia({ colorScheme })
    await page.waitForTimeout(200)
    await page.screenshot({ path: `test-results/screens/${name}-${colorScheme}.png` })
  }
}

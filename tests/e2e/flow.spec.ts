// The whole product as a person meets it: set up, send real telemetry, approve, be told of what strays.
import { expect, type Page, test } from '@playwright/test'
import { makeDataDir, type Product, startProduct } from '../support/product.ts'
import { type Call, toDatabase, toHost, toService } from '../support/shop/plan.ts'
import { openShop, type Shop } from '../support/shop/shop.ts'
import { createAccount } from './account.ts'
import { readAlerts } from './read-alerts.ts'

const HOLD_MS = 3_000
const SERVICES = ['gateway', 'cart', 'orders', 'payments', 'catalogue', 'admin']
const EXPECTED = [
  'cart → catalogue',
  'gateway → cart',
  'gateway → orders',
  'orders → payments',
  'orders → postgresql:orders-db/orders',
  'payments → stripe.example',
  'user → gateway',
]

let product: Product
let shop: Shop
const dataDir = makeDataDir()

test.describe.configure({ mode: 'serial' })
test.beforeAll(async () => {
  test.setTimeout(180_000)
  product = await startProduct(dataDir.path, { STRAYLINE_HOLD: `${HOLD_MS}ms` })
  shop = await openShop(SERVICES, 'prod', product)
})
test.afterAll(async () => {
  shop?.close()
  await product?.stop()
  dataDir.remove()
})

test('from an empty map to an accepted and a rejected edge', async ({ page }) => {
  test.setTimeout(120_000)
  await test.step('an account is made through the setup link', async () => {
    await createAccount(page, product)
  })
  await test.step('the map shows exactly the edges of real telemetry', async () => {
    await trade()
    await expect.poll(() => readEdges(page), { timeout: HOLD_MS + 7_000 }).toEqual(EXPECTED)
    await page.goto(`${product.webUrl}/map?environment=prod&show=both`)
    for (const edge of EXPECTED) await expect(row(page, edge)).toBeVisible()
  })
  await test.step('the graph is approved as the baseline', async () => {
    await page
      .getByRole('button', { name: /approve/i })
      .first()
      .click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('Reason').fill('The first week, looked through with the team')
    await dialog.getByRole('button', { name: 'Approve baseline' }).click()
    await expect(dialog).toBeHidden()
    await expect(row(page, 'gateway → cart')).toContainText(/baseline|known|approved/i)
  })
  await test.step('a new call between services is flagged within 2 s of its acknowledgement', async () => {
    await shop.visit('gateway', '/checkout', [to('cart', '/cart', [to('admin', '/admin/users')])])
    await shop.flush()
    await expect(row(page, 'cart → admin')).toContainText(/new/i, { timeout: 2_000 })
  })
  await test.step('a new external host is flagged within the hold and 2 s', async () => {
    await shop.visit('gateway', '/checkout', [to('cart', '/cart', [toHost('drop.evil.example')])])
    await shop.flush()
    await expect(row(page, 'cart → evil.example')).toContainText(/new/i, {
      timeout: HOLD_MS + 2_000,
    })
  })
  await test.step('nothing else is flagged', async () => {
    await trade()
    await page.waitForTimeout(HOLD_MS + 2_000)
    expect(await readAlerts(page, product.webUrl, 'prod')).toEqual([
      'cart → admin open',
      'cart → evil.example open',
    ])
  })
  await test.step('one is accepted on the map, the other rejected in the list', async () => {
    await row(page, 'cart → admin').click()
    await page.getByRole('button', { name: 'Accept', exact: true }).click()
    await decide(page, 'Accept into the baseline', 'Ticket SHOP-12')
    await expect(row(page, 'cart → admin')).not.toContainText(/new/i)
    await page.goto(`${product.webUrl}/alerts?environment=prod`)
    await page.getByRole('button', { name: 'Reject', exact: true }).click()
    await decide(page, 'Reject', 'Nobody knows this host')
    await expect
      .poll(() => readAlerts(page, product.webUrl, 'prod'))
      .toEqual(['cart → admin accepted', 'cart → evil.example rejected'])
  })
  await test.step('a restart and the same traffic again raise nothing', async () => {
    shop.close()
    expect(await product.stop()).toBe(0)
    product = await startProduct(dataDir.path, { STRAYLINE_HOLD: `${HOLD_MS}ms` })
    expect(product.setupUrl).toBeNull()
    shop = await openShop(SERVICES, 'prod', product)
    await trade()
    await shop.visit('gateway', '/checkout', [
      to('cart', '/cart', [to('admin', '/admin/users'), toHost('drop.evil.example')]),
    ])
    await shop.flush()
    await page.waitForTimeout(HOLD_MS + 3_000)
    await page.goto(`${product.webUrl}/sign-in`)
    await signIn(page)
    expect(await readAlerts(page, product.webUrl, 'prod')).toEqual([
      'cart → admin accepted',
      'cart → evil.example rejected',
    ])
  })
})

function to(service: string, route: string, below: readonly Call[] = []): Call {
  return toService(shop.addresses, service, route, below)
}

/** A checkout that touches every approved edge. */
async function trade(): Promise<void> {
  await shop.visit('gateway', '/checkout', [
    to('cart', '/cart', [to('catalogue', '/items')]),
    to('orders', '/orders', [
      toDatabase('orders-db', 'orders', 'INSERT'),
      to('payments', '/pay', [toHost('api.stripe.example')]),
    ]),
  ])
  await shop.flush()
}

function row(page: Page, edge: string) {
  return page
    .getByRole('row')
    .filter({ hasText: edge.replace(' → ', '→') })
    .first()
}

async function decide(page: Page, button: string, reason: string): Promise<void> {
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Reason').fill(reason)
  await dialog.getByRole('button', { name: button, exact: true }).click()
  await expect(dialog).toBeHidden()
}

async function signIn(page: Page): Promise<void> {
  if (!page.url().includes('/sign-in')) return
  await page.getByLabel('E-mail').fill('ada@shop.example')
  await page.getByLabel('Password').fill('correct horse battery')
  await page.getByRole('button', { name: 'Sign in' }).click()
  await expect(page).toHaveURL(/\/map/)
}

type GraphAnswer = {
  readonly nodes: readonly { readonly id: string; readonly name: string }[]
  readonly edges: readonly { readonly sourceId: string; readonly targetId: string }[]
}

async function readEdges(page: Page): Promise<string[]> {
  const answer = await page.request.get(`${product.webUrl}/api/v1/graph?environment=prod&window=1h`)
  const graph = (await answer.json()) as GraphAnswer
  const names = new Map(graph.nodes.map((node) => [node.id, node.name]))
  return graph.edges
    .map((edge) => `${names.get(edge.sourceId)} → ${names.get(edge.targetId)}`)
    .sort()
}

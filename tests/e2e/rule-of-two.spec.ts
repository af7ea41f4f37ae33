// Where nobody may approve their own (STRAYLINE_FORBID_SELF_APPROVAL): what a person proposes is told as done,
// once, and waits for somebody else.
import { expect, type Page, test } from '@playwright/test'
import { makeDataDir, type Product, startProduct } from '../support/product.ts'
import { createAccount } from './account.ts'
import { calls, sendCalls } from './telemetry.ts'

let product: Product
const dataDir = makeDataDir()

test.beforeAll(async () => {
  test.setTimeout(120_000)
  const settings = { STRAYLINE_HOLD: '1s', STRAYLINE_FORBID_SELF_APPROVAL: 'true' }
  product = await startProduct(dataDir.path, settings)
})
test.afterAll(async () => {
  await product?.stop()
  dataDir.remove()
})

test('approving the map proposes one version, and says for whom it waits', async ({ page }) => {
  await createAccount(page, product)
  await sendCalls(product.otlpHttpPort, 'prod', calls('web > cart'))
  await page.goto(`${product.webUrl}/map?environment=prod`)
  await page.getByRole('button', { name: /approve/i }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Reason').fill('Looked through')
  await dialog.getByRole('button', { name: 'Approve baseline' }).click()
  await expect(dialog.getByRole('status')).toContainText('Version 1 waits for somebody else')
  await expect(dialog.getByRole('button', { name: 'Approve baseline' })).toBeHidden()
  await dialog.getByRole('button', { name: 'Done' }).click()
  await expect(dialog).toBeHidden()
  expect(await readStates(page)).toEqual(['in_review'])
})

async function readStates(page: Page): Promise<readonly string[]> {
  const answer = await page.request.get(`${product.webUrl}/api/v1/baselines?environment=prod`)
  const { items } = (await answer.json()) as { readonly items: readonly { state: string }[] }
  return items.map(({ state }) => state)
}

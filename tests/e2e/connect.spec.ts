// The connect page: what it says to set is what a real SDK exporter is started with, letter by letter, and the
// counter under it moves. What is refused, and why, is said there too.
import { spawn } from 'node:child_process'
import path from 'node:path'
import AxeBuilder from '@axe-core/playwright'
import { expect, type Page, test } from '@playwright/test'
import { makeDataDir, type Product, startProduct } from '../support/product.ts'
import { createAccount } from './account.ts'
import { calls, sendCalls } from './telemetry.ts'

const ROOT = path.join(import.meta.dirname, '../..')
/** Every sign that a shell, YAML or a URL could take for its own. */
const TOKEN = `to'k"en$HOME!%20,;=+#&<b>`

let product: Product
let page: Page
const dataDir = makeDataDir()

test.describe.configure({ mode: 'serial' })
test.beforeAll(async ({ browser }) => {
  test.setTimeout(180_000)
  product = await startProduct(dataDir.path, {
    ...{ STRAYLINE_HOLD: '500ms', STRAYLINE_QUIET: '200ms', STRAYLINE_INGEST_TOKEN: TOKEN },
  })
  const permissions = ['clipboard-read', 'clipboard-write']
  page = await (await browser.newContext({ permissions })).newPage()
  await createAccount(page, product)
})
test.afterAll(async () => {
  await page?.context().close()
  await product?.stop()
  dataDir.remove()
})

test('from the empty map to the lines for a sender, with the real address', async () => {
  await page.getByRole('link', { name: 'Connect your services' }).click()
  await expect(counter()).toContainText('Waiting for the first span…')
  await expect(page.getByText(`endpoint: 127.0.0.1:${product.otlpGrpcPort}`)).toBeVisible()
  await page.getByRole('button', { name: 'HTTP' }).click()
  await expect(page.getByText(`endpoint: http://127.0.0.1:${product.otlpHttpPort}`)).toBeVisible()
  await expect(page).toHaveURL(/protocol=http/)
  await page.reload()
  await expect(page.getByText('otlp_http/strayline:')).toBeVisible()
})

test('the ingest token is hidden until it is shown, and copied as it is', async () => {
  expect(await page.content()).not.toContain('to&#x27;k')
  await expect(page.getByText('Bearer ••••••••••••')).toBeVisible()
  await page.getByRole('button', { name: /^Copy: Add to the configuration/ }).click()
  expect(await copied()).toContain(`authorization: "Bearer to'k\\"en$$HOME!%20,;=+#&<b>"`)
  await page.getByRole('button', { name: 'Show the ingest token' }).click()
  await expect(page.getByText(`Bearer to'k`)).toBeVisible()
  await page.getByRole('button', { name: 'Hide the ingest token' }).click()
  await expect(page.getByText(`Bearer to'k`)).toHaveCount(0)
})

test('what is refused is said under the lines, with what to do', async () => {
  const post = (to: string, authorization: string) =>
    fetch(`http://127.0.0.1:${product.otlpHttpPort}${to}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization },
      body: '{}',
    })
  expect((await post('/v1/traces', 'Bearer wrong')).status).toBe(401)
  await expect(counter()).toContainText('1 request without the ingest token', { timeout: 15_000 })
  expect((await post('/v1/metrics', `Bearer ${TOKEN}`)).status).toBe(501)
  await expect(counter()).toContainText('set their exporters to none', { timeout: 15_000 })
  await expect(counter()).toContainText('Waiting for the first span…')
})

for (const protocol of ['gRPC', 'HTTP'])
  test(`a real SDK exporter started with the JavaScript lines moves the counter: ${protocol}`, async () => {
    await page.getByRole('tab', { name: 'JavaScript' }).click()
    await page.getByRole('button', { name: protocol }).click()
    await page.getByRole('button', { name: 'Copy: Set for each service' }).click()
    const lines = await copied()
    const service = `billing-${protocol.toLowerCase()}`
    await runSdk(lines.replace('your-service', service))
    await expect(counter()).toContainText(/Newest span \d+ s ago/, { timeout: 15_000 })
    const services = protocol === 'gRPC' ? '1 service' : '2 services'
    await expect(counter()).toContainText(`production: ${services}`, { timeout: 15_000 })
  })

test('services that are called and never call are counted and named', async () => {
  await sendCalls(product.otlpHttpPort, 'staging', calls('web > cart\n web > tax'), TOKEN)
  await expect(counter()).toContainText(
    'staging: 3 services, 2 edges, 2 services send no client spans',
    { timeout: 15_000 },
  )
  await page.getByText('Which, and what that means').first().click()
  await expect(counter()).toContainText('never seen to call: cart, tax.')
})

test('every sender has lines of its own, and no line is broken by the token', async () => {
  await page.getByRole('button', { name: 'Show the ingest token' }).click()
  for (const [tab, words] of [
    ['Python', 'opentelemetry-instrument python app.py'],
    ['Java', '-javaagent:path/to/opentelemetry-javaagent.jar'],
    ['Go', 'otlptracehttp.New(ctx)'],
    ['OpenTelemetry Collector', 'exporters: [your-exporter, otlp_http/strayline]'],
  ] as const) {
    await page.getByRole('tab', { name: tab, exact: true }).click()
    await expect(page.getByText(words)).toBeVisible()
  }
})

test('it works by keyboard, narrow and dark, and has no fault that axe finds', async () => {
  await page.emulateMedia({ colorScheme: 'dark' })
  await page.setViewportSize({ width: 390, height: 844 })
  await page.goto(`${product.webUrl}/map`)
  await page.getByRole('button', { name: 'Add traces' }).press('Enter')
  await page.getByRole('menuitem', { name: 'Connect services' }).press('Enter')
  await page.getByRole('tab', { name: 'OpenTelemetry Collector' }).focus()
  await page.keyboard.press('ArrowRight')
  await expect(page.getByRole('tab', { name: 'JavaScript' })).toHaveAttribute(
    'aria-selected',
    'true',
  )
  expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([])
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390)
})

/** What a Copy button has put into the clipboard. */
async function copied(): Promise<string> {
  await expect(page.getByRole('button', { name: 'Copied' })).toBeVisible()
  return page.evaluate(() => navigator.clipboard.readText())
}

const counter = () => page.getByRole('region', { name: 'What has arrived' })

/** A program that a shell starts after the lines: the SDK reads everything from its environment. */
async function runSdk(lines: string): Promise<void> {
  const program = `
    import { trace } from '@opentelemetry/api'
    import { NodeSDK } from '@opentelemetry/sdk-node'
    const sdk = new NodeSDK()
    sdk.start()
    trace.getTracer('test').startSpan('work', { kind: 1 }).end()
    await sdk.shutdown()`
  const script = `${lines}\nexec "$NODE" --input-type=module --eval "$PROGRAM"`
  const child = spawn('/bin/sh', ['-c', script], {
    cwd: ROOT,
    env: { PATH: process.env.PATH, NODE: process.execPath, PROGRAM: program, NODE_ENV: 'test' },
    stdio: ['ignore', 'inherit', 'inherit'],
  })
  const code = await new Promise((resolve) => child.once('exit', resolve))
  expect(code).toBe(0)
}

// Setting notifications up as an admin does: a channel to a real receiver, a test, a route; real traffic then makes an
// alert whose message leads back to it; what could not be delivered is sent again. By keyboard, on small screens, and
// not at all for viewers.
import { type BrowserContext, expect, type Page, test } from '@playwright/test'
import { findEmbedded } from '../../storage/embedded.ts'
import { openSql } from '../../storage/sql.ts'
import { makeSession, SECRET } from '../app/session-cookie.ts'
import { answers, type HttpTarget, startHttpTarget } from '../support/channel-servers.ts'
import { makeDataDir, type Product, startProduct } from '../support/product.ts'
import { createAccount } from './account.ts'
import { graveProblems } from './grave-problems.ts'
import { calls, sendCalls } from './telemetry.ts'

const TOKEN = 'Bearer hunter2-hunter2'
const LONG = `x${'-and-a-long-name'.repeat(3)}`
const SIZES = [
  { width: 1440, height: 900 },
  { width: 1024, height: 768 },
  { width: 390, height: 844 },
] as const

let product: Product
let receiver: HttpTarget
let context: BrowserContext
let page: Page
const dataDir = makeDataDir()

// Pictures and axe at every size take their time.
test.describe.configure({ mode: 'serial', timeout: 300_000 })
test.beforeAll(async ({ browser }) => {
  test.setTimeout(180_000)
  receiver = await startHttpTarget()
  const settings = { STRAYLINE_HOLD: '1s', STRAYLINE_AUTH_SECRET: SECRET }
  product = await startProduct(dataDir.path, settings)
  context = await browser.newContext()
  page = await context.newPage()
  await createAccount(page, product)
  await sendCalls(product.otlpHttpPort, 'prod', calls('web > cart'))
  await page.goto(`${product.webUrl}/map?environment=prod`)
  await page.getByRole('button', { name: /approve/i }).click()
  await page.getByRole('dialog').getByLabel('Reason').fill('Looked through')
  await page.getByRole('button', { name: 'Approve baseline' }).click()
  await expect(page.getByRole('dialog')).toBeHidden()
})
test.afterAll(async () => {
  await context?.close()
  await product?.stop()
  await receiver?.stop()
  dataDir.remove()
})

test('the alerts page says that nobody is told, and leads to what a channel is', async () => {
  await page.goto(`${product.webUrl}/alerts`)
  const notice = page.getByText('Nobody is told of new alerts.')
  await expect(notice).toBeVisible()
  await page.getByRole('link', { name: 'Set up a channel' }).click()
  await expect(page.getByText('There is no channel yet')).toBeVisible()
  await look('channels-empty')
  await page.getByRole('link', { name: 'Routes' }).click()
  await expect(page.getByText('There is no route yet')).toBeVisible()
  await page.getByRole('link', { name: 'Deliveries' }).click()
  await expect(page.getByText('Nothing was told yet')).toBeVisible()
  await page.goto(`${product.webUrl}/alerts`)
  await page.getByRole('button', { name: 'Do not say this again' }).click()
  await expect(notice).toBeHidden()
  await page.reload()
  await expect(page.getByRole('heading', { name: 'Alerts' })).toBeVisible()
  await expect(notice).toBeHidden()
})

test('a channel is set up; what is wrong is said beside its field, and nothing is lost', async () => {
  await page.getByRole('button', { name: 'Account' }).click()
  await page.getByRole('menuitem', { name: 'Settings' }).click()
  await page.getByRole('link', { name: 'Set up a channel' }).click()
  await look('channel-kinds')
  await page.getByRole('link', { name: /^Webhook/ }).click()
  await page.getByLabel('Name').fill('on call')
  await page.getByLabel('Address', { exact: true }).fill('hooks.example.org')
  await page.getByLabel('Authorization header').fill(TOKEN)
  await page.getByRole('button', { name: 'Make one' }).click()
  await expect(page.getByText(/^whsec_\S{40}/)).toBeVisible()
  await page.getByLabel('Title of messages').fill('{{sumary}}')
  await page.getByRole('button', { name: 'Create channel' }).click()
  await expect(page.getByText('Enter letters, digits')).toBeVisible()
  await expect(page.getByText('Enter a whole address')).toBeVisible()
  await expect(page.getByLabel('Name')).toBeFocused()
  await page.getByLabel('Name').fill('on-call')
  await page.getByLabel('Address', { exact: true }).fill(`${receiver.url}/in`)
  await page.getByRole('button', { name: 'Create channel' }).click()
  await expect(page.getByText('{{sumary}} is no name')).toBeVisible()
  await look('channel-problem')
  await expect(page.getByLabel('Authorization header')).toHaveValue(TOKEN)
  await page.getByLabel('Title of messages').fill('')
  await page.getByRole('button', { name: 'Create channel' }).click()
  await expect(row('on-call')).toContainText('No route leads here')
})

test('a test that is refused says why, one that is taken that it has arrived', async () => {
  const testIt = page.getByRole('button', { name: 'Test on-call' })
  await testIt.click()
  // The receiver is on loopback, which a channel may lead to only when an admin says so.
  await expect(row('on-call').getByRole('status')).toContainText('✗')
  expect(receiver.received).toHaveLength(0)
  await page.getByRole('link', { name: 'Edit on-call' }).click()
  await expect(page.getByText('It is set: leave this empty to keep it.')).toHaveCount(2)
  expect(await page.content()).not.toContain('hunter2')
  await look('channel-edit')
  await page.getByLabel('May lead to private addresses').check()
  await page.getByRole('button', { name: 'Save' }).click()
  await testIt.click()
  await expect(row('on-call').getByRole('status')).toContainText('has arrived')
  await look('channel-tested')
  const [message] = receiver.received
  expect(message).toMatchObject({ path: '/in', headers: { authorization: TOKEN } })
  expect(message?.headers['webhook-signature']).toMatch(/^v1,/)
  await expect(row('on-call')).toContainText('Last sent')
})

test('a route is made by keyboard alone', async () => {
  await page.goto(`${product.webUrl}/settings/routes`)
  await page.getByRole('link', { name: 'Create a route' }).focus()
  await page.keyboard.press('Enter')
  await expect(page.getByRole('heading', { name: 'New route' })).toBeVisible()
  await tabTo('Name')
  await page.keyboard.type('prod-all')
  await tabTo('Environments')
  await page.keyboard.type('prod')
  await tabTo('Hold messages back in quiet hours')
  await page.keyboard.press('Space')
  await tabTo('Zone')
  await page.keyboard.type('Europe/Berl')
  await expect(page.getByLabel('Zone')).toHaveValue('Europe/Berlin')
  await look('route-form')
  await page.getByLabel('Hold messages back in quiet hours').focus()
  await page.keyboard.press('Space')
  await tabTo('Create route')
  await page.keyboard.press('Enter')
  await expect(row('prod-all')).toContainText('Alerts of prod.')
  await look('routes')
})

test('an alert is told, and its message leads back to it through sign-in', async ({ browser }) => {
  await sendCalls(product.otlpHttpPort, 'prod', calls('cart > admin'))
  const told = await receivedNotice('cart')
  expect(told.url).toMatch(`${product.webUrl}/alerts?alert=`)
  const other = await browser.newContext()
  const reader = await other.newPage()
  await reader.goto(told.url)
  await reader.getByLabel('E-mail').fill('ada@shop.example')
  await reader.getByLabel('Password').fill('correct horse battery')
  await reader.getByRole('button', { name: 'Sign in' }).click()
  const alert = reader.getByRole('article', { name: 'Alert' })
  await expect(alert).toContainText('admin')
  const block = alert.getByRole('heading', { name: 'Told to' }).locator('..')
  await expect(block).toContainText(/sent\s*on-call\s*alert opened/)
  await block.scrollIntoViewIfNeeded()
  await reader.screenshot({ path: 'test-results/screens/told.png' })
  await other.close()
})

test('a route shows what it would have told, and nothing is sent by that', async () => {
  await page.goto(`${product.webUrl}/settings/routes`)
  await page.getByRole('link', { name: 'Edit prod-all' }).click()
  const before = receiver.received.length
  const preview = page.getByRole('region', { name: 'What it would have told' })
  await preview.getByRole('button', { name: 'Look' }).click()
  await expect(preview.getByRole('status')).toContainText(
    '1 alert opened in prod; 1 of them told by this route, 1 message in all.',
  )
  await expect(preview.getByRole('listitem')).toContainText('admin')
  await look('route-preview')
  await page.getByLabel('Severity').selectOption('critical')
  await preview.getByRole('button', { name: 'Look' }).click()
  await expect(preview.getByRole('status')).toContainText('none of them would have been told')
  expect(receiver.received).toHaveLength(before)
})

test('what is refused for good is dead, says why, and is sent again with its key', async () => {
  receiver.behave(answers(404))
  await sendCalls(product.otlpHttpPort, 'prod', calls('web > ledger'))
  await page.goto(`${product.webUrl}/settings/deliveries?state=dead`)
  await expect(async () => {
    await page.reload()
    await expect(page.getByRole('listitem').filter({ hasText: 'ledger' })).toContainText('404')
  }).toPass({ timeout: 60_000 })
  await look('dead')
  const [lost] = receiver.received.filter(({ body }) => body.includes('ledger'))
  receiver.behave(answers(200))
  await page.getByRole('button', { name: 'Send again to on-call: alert opened' }).click()
  await expect
    .poll(() => receiver.received.filter(({ body }) => body.includes('ledger')).length)
    .toBe(2)
  const again = receiver.received.findLast(({ body }) => body.includes('ledger'))
  expect(again?.headers['webhook-id']).toBe(lost?.headers['webhook-id'])
  await page.goto(`${product.webUrl}/settings/deliveries?state=sent`)
  await expect(page.getByRole('listitem').filter({ hasText: 'ledger' })).toContainText('on-call')
})

test('long names fit, a channel is turned off and deleted with its routes', async () => {
  await page.goto(`${product.webUrl}/settings/channels/new?kind=syslog`)
  await page.getByLabel('Name').fill(LONG)
  await page.getByLabel('Server').fill('siem.internal.example')
  await page.getByRole('button', { name: 'Create channel' }).click()
  await expect(row(LONG)).toBeVisible()
  const toggle = page.getByRole('switch', { name: `Enable ${LONG}` })
  await toggle.click()
  await expect(toggle).not.toBeChecked()
  await expect(row(LONG)).toContainText('Off.')
  await look('channels-two')
  await page.getByRole('link', { name: 'Edit on-call' }).click()
  await page.getByRole('button', { name: 'Delete channel' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Delete channel' }).click()
  await expect(row('on-call')).toBeHidden()
  await page.getByRole('link', { name: 'Routes' }).click()
  await expect(page.getByText('There is no route yet')).toBeVisible()
})

test('a viewer is told in words that this is not theirs', async ({ browser }) => {
  const server = await findEmbedded({ dataDir: dataDir.path, database: 'strayline' })
  const sql = openSql({ url: server?.url ?? '', applicationName: 'test', connectionsMax: 1 })
  const cookie = await makeSession(sql, 'viewer')
  await sql.end()
  const other = await browser.newContext()
  const [name = '', value = ''] = cookie.split(/=(.*)/)
  await other.addCookies([{ name, value, url: product.webUrl }])
  const viewer = await other.newPage()
  for (const at of ['channels', 'channels/new', 'routes', 'routes/new', 'deliveries']) {
    await viewer.goto(`${product.webUrl}/settings/${at}`)
    await expect(viewer.getByText('Your role does not allow this')).toBeVisible()
  }
  await viewer.goto(`${product.webUrl}/alerts`)
  await viewer.getByRole('button', { name: 'Account' }).click()
  await expect(viewer.getByRole('menuitem', { name: 'Sign out' })).toBeVisible()
  await expect(viewer.getByRole('menuitem', { name: 'Settings' })).toBeHidden()
  await other.close()
})

function row(name: string) {
  return page.getByRole('listitem').filter({ has: page.getByRole('link', { name, exact: true }) })
}

/** Presses Tab until what is labelled so has the focus. */
async function tabTo(label: string): Promise<void> {
  for (let pressed = 0; pressed < 80; pressed++) {
    const isThere = await page.evaluate((text) => {
      const active = document.activeElement as HTMLInputElement | null
      const labels = [...(active?.labels ?? [])].map((each) => each.textContent)
      return [...labels, active?.textContent].includes(text)
    }, label)
    if (isThere) return
    await page.keyboard.press('Tab')
  }
  throw new Error(`no Tab leads to ${label}`)
}

/** The message about a source that the receiver got. */
async function receivedNotice(source: string): Promise<{ readonly url: string }> {
  const find = () => {
    const notices = receiver.received.map(({ body }) => JSON.parse(body))
    return notices.find((notice) => notice.alert?.source.name === source)
  }
  await expect.poll(() => find() !== undefined, { timeout: 60_000 }).toBe(true)
  return { url: String(find().alert.url) }
}

/** Every size, light and dark: a picture, nothing that sticks out, and what axe finds. */
async function look(name: string): Promise<void> {
  for (const { width, height } of SIZES) {
    await page.setViewportSize({ width, height })
    for (const colorScheme of ['dark', 'light'] as const) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
      const file = `notify-${name}-${width}-${colorScheme}.png`
      await page.screenshot({ path: `test-results/screens/${file}` })
      const isLookedAt = width === 1440 || (width === 390 && colorScheme === 'light')
      if (isLookedAt)
        expect(await graveProblems(page), `${name} ${width} ${colorScheme}`).toEqual([])
    }
    const widths = await page.evaluate(() => {
      const { scrollWidth, clientWidth } = document.documentElement
      return { scrollWidth, clientWidth }
    })
    expect(widths.scrollWidth, `${name} at ${width}`).toBeLessThanOrEqual(widths.clientWidth)
  }
  await page.setViewportSize(SIZES[0])
}

// Backtests over the API of a running product and by the command line: a rule, a route and settings are tried, every
// answer is what the document says, and nothing is changed by it.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createApiToken } from '../../storage/api-tokens.ts'
import { approveVersion, createDraft } from '../../storage/baseline-drafts.ts'
import { makeFolder } from '../cli/gate.ts'
import { runStrayline } from '../cli/run-command.ts'
import { createDocumentChecker, type DocumentChecker } from './document-checker.ts'
import { commitTraffic, makeEntry } from './traffic.ts'
import { isBuilt, startWebWorld, type WebWorld } from './web-world.ts'

const folder = makeFolder()
let world: WebWorld
let checker: DocumentChecker
let token = ''

beforeAll(async () => {
  if (!isBuilt) return
  world = await startWebWorld()
  checker = createDocumentChecker((await world.ask('openapi.json')).json)
  await commitTraffic(world, [
    ['web', 'cart'],
    ['cart', 'orders'],
    ['cart', 'mail'],
  ])
  const entries = [makeEntry('web', 'cart'), makeEntry('cart', 'orders')]
  const content = { environment: 'prod', entries, rules: [], nodes: [] }
  const words = { environment: 'prod', actor: 'ada', title: '', reason: 'a test' }
  const { version } = await createDraft(world.owner, {
    ...{ ...words, source: { from: 'content', content } as const },
  })
  const act = { environment: 'prod', version, expectedRevision: null, actor: 'bob' }
  await approveVersion(world.owner, { ...act, reason: 'right', selfApproval: 'allowed' })
  token = await createApiToken(world.owner, {
    ...{ name: 'ci', role: 'viewer', expiresAtMs: null, actor: 'ada' },
  })
})
afterAll(async () => {
  folder.remove()
  await world?.end()
})

async function ask(body: unknown, environment = 'prod') {
  const asking = { method: 'POST', cookie: world.cookies.viewer, body } as const
  const answer = await world.ask(`environments/${environment}/backtest`, asking)
  expect(checker.check('backtest', answer)).toBeNull()
  return answer
}

const deny = {
  id: 'no-orders',
  ...{ effect: 'deny', source: { name: 'cart' }, target: { name: 'orders' } },
}
const tried = { from: 'active', edits: [{ edit: 'putRule', rule: deny }] }

test.skipIf(!isBuilt)(
  'a rule tells what it would raise, what stands, and changes nothing',
  async () => {
    const { status, json } = await ask({ what: 'baseline', baseline: tried })
    expect(status).toBe(200)
    expect(json.totals).toMatchObject({ alerts: 2, new: 1, same: 1, gone: 0, incidents: 1 })
    expect(json.version).toBe(2)
    expect(json.alerts[0]).toMatchObject({ mark: 'new', kind: 'denied', severity: 'high' })
    expect(json.incidents[0].sentence).toMatch(/^Cart made|^cart made/)
    expect(json.days).toHaveLength(15)
    const again = await ask({ what: 'baseline', baseline: { from: 'active' } })
    expect(again.json.totals).toMatchObject({ alerts: 1, new: 0, same: 1 })
    const { version } = await createDraft(world.owner, {
      ...{ environment: 'prod', actor: 'ada', title: '', reason: 'x' },
      source: {
        from: 'content',
        content: {
          ...{ environment: 'prod', rules: [], nodes: [] },
          entries: ['web>cart', 'cart>orders', 'cart>mail'].map((edge) => {
            const [source = '', target = ''] = edge.split('>')
            return makeEntry(source, target)
          }),
        },
      },
    })
    const wider = await ask({ what: 'baseline', baseline: { from: 'version', version } })
    expect(wider.json.totals).toMatchObject({ alerts: 0, gone: 1 })
  },
)

test.skipIf(!isBuilt)('a route tells what it would send and what nobody is told', async () => {
  const all = await ask({ what: 'route', route: { settings: { match: {} } } })
  expect(all.json.totals).toEqual({
    ...{ alerts: 1, told: 1, untold: 0, messages: 1, before: 0, incidents: 1 },
  })
  expect(all.json.messages[0].told).toMatchObject([{ act: 'open', kind: 'new_service' }])
  const worst = { match: { severity: 'critical' } }
  const none = await ask({ what: 'route', route: { settings: worst } })
  expect(none.json.totals).toMatchObject({ told: 0, untold: 1, messages: 0 })
  expect(none.json.untold).toHaveLength(1)
})

test.skipIf(!isBuilt)('settings tell the days over the target', async () => {
  const { json } = await ask({ what: 'settings', settings: { alertTarget: 1, zone: 'UTC' } })
  expect(json).toMatchObject({ alertTarget: 1, zone: 'UTC', daysOver: 0, recovering: [] })
})

test.skipIf(!isBuilt)('what cannot be tried is refused in a sentence', async () => {
  const settings = { what: 'settings', settings: {} }
  expect((await ask(settings, 'nowhere')).status).toBe(404)
  expect((await ask({ ...settings, window: { fromMs: 5, toMs: 5 } })).status).toBe(400)
  const gone = { from: 'active', edits: [{ edit: 'removeRule', id: 'nope' }] }
  expect((await ask({ what: 'baseline', baseline: gone })).status).toBe(409)
  const route = { id: '77', settings: { match: {} } }
  expect((await ask({ what: 'route', route })).status).toBe(404)
  expect((await ask({ what: 'nothing' })).status).toBe(400)
})

const run = (args: readonly string[]) =>
  runStrayline(['backtest', ...args, '--server', world.url, '--environment', 'prod'], {
    environment: { STRAYLINE_TOKEN: token },
  })

test.skipIf(!isBuilt)('the command line tries the same, in words and as JSON', async () => {
  const edits = folder.write('edits.json', JSON.stringify(tried.edits))
  const said = await run(['baseline', '--edits', edits])
  expect(said).toMatchObject({ exitCode: 0, stderr: '' })
  expect(said.stdout).toMatch(
    /^version 3 of prod over 14 days: 2 alerts \(1 new, 1 stands already\)/,
  )
  expect(said.stdout).toContain('new   high     denied')
  const json = await run(['baseline', '--edits', edits, '--format', 'json'])
  expect(JSON.parse(json.stdout)).toMatchObject({ what: 'baseline', totals: { new: 1 } })
  const route = folder.write('route.json', JSON.stringify({ settings: { match: {} } }))
  const told = await run(['route', route, '--days', '3'])
  expect(told.stdout).toMatch(/^over 3 days: 1 message about 1 of 1 alert/)
  const set = await run(['settings', '--alert-target', '1', '--recover-after', '1h'])
  expect(set.stdout).toMatch(/^over 14 days: 0 days with more than 1 alert/)
  const file = folder.write('broken.json', '{')
  const refused = await run(['route', file])
  expect(refused).toMatchObject({ exitCode: 2, stdout: '' })
  expect(refused.stderr).toContain('broken.json: this is not JSON')
})

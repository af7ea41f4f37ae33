// What bounds baselines over the API: their size, what they must look like, and who may approve.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { printBaselineFile } from '../../core/baseline/file/print.ts'
import { makeSession } from './session-cookie.ts'
import { commitTraffic, makeEntry } from './traffic.ts'
import { isBuilt, startWebWorld, type WebWorld } from './web-world.ts'

let world: WebWorld
beforeAll(async () => {
  if (!isBuilt) return
  world = await startWebWorld({ STRAYLINE_FORBID_SELF_APPROVAL: 'true' })
  await commitTraffic(world, [['web', 'cart']])
})
afterAll(() => world?.end())

const at = (version: number, act = '') =>
  `baselines/${version}${act === '' ? '' : `/${act}`}?environment=prod`

/** Content of a draft that may be wrong. */
function draft(content: object) {
  const source = { from: 'content', content: { environment: 'prod', entries: [], ...content } }
  const body = { environment: 'prod', reason: 'a test', source }
  return world.ask('baselines', { method: 'POST', body })
}

test.skipIf(!isBuilt)(
  'a baseline of 20,000 entries fits, as JSON and as YAML',
  async () => {
    const said = { purpose: 'p'.repeat(60), owner: 'team', ticket: 'OPS-12345' }
    const entries = Array.from({ length: 20_000 }, (_, n) =>
      makeEntry(`service-${n % 200}`, `service-${Math.floor(n / 200)}-target`, said),
    )
    const made = await draft({ entries })
    expect(made.status).toBe(201)
    const yaml = printBaselineFile({ environment: 'prod', entries, rules: [], nodes: [] })
    const headers = { 'content-type': 'application/yaml', 'if-match': '"r1"' }
    const put = { method: 'PUT', body: yaml, headers }
    expect((await world.ask(at(made.json.version), put)).status).toBe(200)
    const huge = { ...put, body: '#'.repeat(5 * 1024 * 1024) }
    expect((await world.ask(at(made.json.version), huge)).status).toBe(413)
  },
  120_000,
)

test.skipIf(!isBuilt)('what is wrong in a baseline is named with its place', async () => {
  const [entry] = [makeEntry('web', 'cart')]
  const refused = async (content: object, text: string) => {
    const answer = await draft(content)
    expect([answer.status, answer.json.detail]).toEqual([400, expect.stringContaining(text)])
  }
  await refused({ entries: [entry, { ...entry, prots: [] }] }, 'source.content.entries.1')
  await refused({ entries: [{ ...entry, ports: [70_000] }] }, 'entries.0.ports.0')
  await refused({ entries: [entry, entry] }, 'web -> cart is there twice')
  await refused({ entries: [makeEntry('web', 'cart', {}, 'other')] }, 'other')
  await refused({ rules: [{ id: 'x', effect: 'maybe', source: {}, target: {} }] }, 'rules.0.effect')
  await refused({ environment: 'staging' }, 'staging')
})

test.skipIf(!isBuilt)('where it is forbidden, nobody approves what he wrote', async () => {
  expect((await world.ask('environments')).json.forbidsSelfApproval).toBe(true)
  const body = { environment: 'prod', reason: 'x', source: { from: 'window' } }
  const made = await world.ask('baselines', { method: 'POST', body })
  const approve = (cookie: string) =>
    world.ask(at(made.json.version, 'approve'), {
      ...{ method: 'POST', body: { reason: 'x' }, cookie, headers: { 'if-match': '"r1"' } },
    })
  const refused = await approve(world.cookies.admin)
  expect([refused.status, refused.json.detail]).toEqual([403, expect.stringContaining('wrote')])
  const other = await approve(await makeSession(world.owner, 'admin'))
  expect([other.status, other.json.state]).toEqual([200, 'active'])
  const back = { method: 'POST', body: { reason: 'x' } }
  const rolled = await world.ask(at(made.json.version, 'rollback'), back)
  expect(rolled.json.state).toBe('in_review')
})

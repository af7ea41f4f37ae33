// Lists of alerts: filters, counts by the other filters, pages that neither skip nor repeat, what was
// decided about similar ones; and names that are hostile to all of it.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { DRIFT_KINDS, SEVERITIES } from '../../core/baseline/drift.ts'
import {
  type AlertOrder,
  type AlertPlace,
  type AlertQuery,
  countAlerts,
  listAlerts,
} from '../../storage/alerts.ts'
import { findSimilarDecisions } from '../../storage/similar-alerts.ts'
import { external, service } from './delta.ts'
import { ACCEPT, ANN, act, BOB, DAY_MS, now, REJECT, stray, undo } from './triage-world.ts'
import { createWorld, type World } from './world.ts'

let world: World
let ids: readonly string[]
const HOSTILE = `100%_\\<b>'"\u202E${'x'.repeat(480)}`
const EDGES = [
  now('cart', external('pay.example')),
  now('web', external('ads.example')),
  now('cart', service('postgresql:orders', { kind: 'database' })),
  now('web', service('Ledger', { namespace: 'Finance' })),
  now('cart', service(HOSTILE)),
]

beforeAll(async () => {
  world = await createWorld()
  await world.owner`insert into "user" (id, name, email, role, updated_at)
    values ('bob', 'Bob', ${BOB}, 'analyst', now())`
  ids = await stray(world, EDGES)
  await act(world, [ids[0] ?? ''], REJECT, { reason: 'not our bank' })
  await act(world, [ids[1] ?? ''], { action: 'assign', assignee: BOB })
  await stray(
    world,
    [now(service('cart', { environment: 'staging' }), external('pay.example'))].map((each) => ({
      ...each,
      target: { ...each.target, environment: 'staging' },
    })),
    'staging',
  )
})
afterAll(() => world.end())

const list = async (query: Partial<AlertQuery>) => {
  const alerts = await listAlerts(world.web, { countMax: 100, ...query })
  return alerts.map(({ target }) => target?.name).sort()
}

test('filters narrow, and together', async () => {
  expect(await list({})).toHaveLength(6)
  expect(await list({ environment: 'staging' })).toEqual(['pay.example'])
  expect(await list({ states: ['rejected'] })).toEqual(['pay.example'])
  expect(await list({ kinds: ['new_database'] })).toEqual(['postgresql:orders'])
  expect(await list({ assignee: BOB })).toEqual(['ads.example'])
  expect(await list({ assignee: '' })).toHaveLength(5)
  expect(await list({ sinceMs: Date.now() + DAY_MS })).toEqual([])
  expect(await list({ kinds: ['new_external'], states: ['open'] })).toEqual([
    ...['ads.example', 'pay.example'],
  ])
})

test('a search finds letters of either case in names and namespaces, and takes no sign for another', async () => {
  expect(await list({ text: 'LEDG' })).toEqual(['Ledger'])
  expect(await list({ text: 'finance' })).toEqual(['Ledger'])
  expect(await list({ text: '%' })).toEqual([HOSTILE])
  expect(await list({ text: '0%_\\<B>' })).toEqual([HOSTILE])
  expect(await list({ text: "'; drop table alert; --" })).toEqual([])
})

test('each count is by the other filters', async () => {
  const counts = await countAlerts(world.web, { environment: 'prod', states: ['rejected'] })
  expect(counts.states).toEqual({ open: 4, rejected: 1 })
  expect(counts.kinds).toEqual({ new_external: 1 })
  const all = await countAlerts(world.web, {})
  const sum = (of: object) => Object.values(of).reduce((total, count) => total + count, 0)
  expect([all.states, all.kinds, all.severities].map(sum)).toEqual([6, 6, 6])
})

test.each(['time', 'severity'] as const)(
  'pages by %s hold every alert once, in order',
  async (order) => {
    await fillAlerts(2_000)
    const whole = await listAlerts(world.web, { order, countMax: 10_000 })
    const paged = await readPages(order, 137)
    expect(paged).toEqual(whole.map((alert) => alert.id))
    expect(new Set(paged).size).toBe(whole.length)
    const ranks = whole.map(({ severity }) => SEVERITIES.indexOf(severity))
    if (order === 'severity') expect(ranks).toEqual(ranks.toSorted((a, b) => a - b))
  },
)

async function readPages(order: AlertOrder, countMax: number): Promise<readonly string[]> {
  const read: string[] = []
  let after: AlertPlace | undefined
  do {
    const page = await listAlerts(world.web, { order, countMax, ...(after ? { after } : {}) })
    read.push(...page.map((alert) => alert.id))
    after = page.length === countMax ? page.at(-1)?.place : undefined
  } while (after)
  return read
}

/** Many at the same microsecond, so that the id decides. */
async function fillAlerts(count: number): Promise<void> {
  await world.owner`
    insert into alert (environment, kind, subject, subject_hash, source_environment, source_kind,
      source_namespace, source_name, target_environment, target_kind, target_namespace, target_name,
      state, episode, baseline_version, severity, summary, reasons, first_at, last_at)
    select 'prod', (${[...DRIFT_KINDS]}::text[])[1 + n % 12], 's' || n, 's' || n, 'prod', 'service',
      '', 'filler', 'prod', 'service', '', 'filled-' || n, 'open', 1, 1,
      (${[...SEVERITIES]}::text[])[1 + n % 4], 'It strays.', '[]', now(),
      now() - (n / 100) * interval '1 second'
    from generate_series(1, ${count}) as n
    on conflict do nothing`
}

test('similar decisions are of the same source, target or domain before the same kind, the newest first', async () => {
  const [pay = '', ads = '', database = '', ledger = ''] = ids
  await act(world, [ledger], ACCEPT, { actor: ANN, reason: 'the books' })
  await act(world, [database], REJECT, { actor: BOB, reason: 'no' })
  const similar = await findSimilarDecisions(world.web, ads, 10)
  expect(similar).toMatchObject([
    {
      alertId: ledger,
      outcome: 'accepted',
      sharedWith: ['source'],
      actor: ANN,
      reason: 'the books',
    },
    { alertId: pay, outcome: 'rejected', sharedWith: ['kind'], reason: 'not our bank' },
  ])
  const [elsewhere] = await listAlerts(world.web, { environment: 'staging', countMax: 1 })
  const other = await findSimilarDecisions(world.web, elsewhere?.id ?? '', 10)
  expect(other.find(({ alertId }) => alertId === pay)?.sharedWith).toEqual([
    ...['source', 'domain', 'kind'],
  ])
  expect(await findSimilarDecisions(world.web, ads, 1)).toMatchObject([{ alertId: ledger }])
})

test('a decision that was undone is no past decision', async () => {
  const hostile = ids[4] ?? ''
  const { actId } = await act(world, [hostile], REJECT, { reason: 'oops' })
  const reasons = async () =>
    (await findSimilarDecisions(world.web, ids[0] ?? '', 10)).map(({ reason }) => reason)
  expect(await reasons()).toContain('oops')
  await undo(world, actId)
  expect(await reasons()).not.toContain('oops')
})

// An environment of the demo or of an import goes with everything in it, and stays away while the collector
// still emits what it held of it; everybody else's stays.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { moveEnvironment } from '../../core/baseline/move-environment.ts'
import { listAlerts } from '../../storage/alerts.ts'
import { findBrokenAudit, listAudit } from '../../storage/audit.ts'
import { createDraft, proposeDraft } from '../../storage/baseline-drafts.ts'
import { approveBaseline, listBaselines } from '../../storage/baselines.ts'
import { commitDelta } from '../../storage/commit.ts'
import {
  claimEnvironment,
  listEnvironments,
  listRemoved,
  readOrigin,
} from '../../storage/environments.ts'
import { readGraph } from '../../storage/graph.ts'
import { removeEnvironment } from '../../storage/remove-environment.ts'
import { writeTags } from '../../storage/tag-nodes.ts'
import { FULL } from './content.ts'
import { call, deltaOf, NOON_MS, service } from './delta.ts'
import { createWorld, type World } from './world.ts'

let world: World
beforeAll(async () => {
  world = await createWorld()
})
beforeEach(() => world.clear())
afterAll(() => world.end())

const ANN = 'ann@example.com'
const TRACE = 'a'.repeat(32)
const RANGE = { fromMs: NOON_MS - 3_600_000, toMs: NOON_MS + 3_600_000 }
const inDemo = (name: string) => service(name, { environment: 'demo' })
const usual = [call(inDemo('web'), inDemo('cart'), { traceIds: [TRACE] })]
const strange = call(inDemo('cart'), inDemo('admin'))
const ofProd = [call('web', 'cart')]
/** Which tables hold something that names the environment, directly or by an edge of it. */
const filled = async () => {
  const rows = await world.owner<{ name: string }[]>`
    select 'node' as name from node where environment = 'demo' union
    select 'edge' from edge where environment = 'demo' union
    select 'operation' from operation where not exists (
      select from edge where edge.id = operation.edge_id and edge.environment <> 'demo') union
    select 'bucket' from bucket where not exists (
      select from edge where edge.id = bucket.edge_id and edge.environment <> 'demo') union
    select 'exemplar' from exemplar union
    select 'trace_span' from trace_span union
    select 'alert' from alert where environment = 'demo' union
    select 'alert_event' from alert_event union
    select 'incident' from incident where environment = 'demo' union
    select 'baseline' from baseline where environment = 'demo' union
    select 'baseline_entry' from baseline_entry union
    select 'baseline_rule' from baseline_rule union
    select 'node_tag' from node_tag where environment = 'demo' union
    select 'environment' from environment where name = 'demo' order by 1`
  return rows.map((row) => row.name)
}

async function tellStory(): Promise<void> {
  await claimEnvironment(world.web, { name: 'demo', origin: 'demo' })
  await world.commit(deltaOf([...usual, ...ofProd]))
  const act = { environment: 'demo', actor: ANN, reason: 'seen' }
  await approveBaseline(world.web, { ...RANGE, ...act, author: ANN })
  const change = { node: inDemo('cart'), tags: { owner: 'shop' }, expectedRevision: null }
  await writeTags(world.web, { changes: [change], ...act })
  const content = moveEnvironment(FULL, 'demo')
  const draft = { ...act, title: '', source: { from: 'content', content } } as const
  const { version } = await createDraft(world.web, draft)
  await proposeDraft(world.web, { ...act, version, expectedRevision: null })
  await createDraft(world.web, draft)
  await world.commit(deltaOf([strange]))
}
const remove = (environment = 'demo') => removeEnvironment(world.web, { environment, actor: ANN })
const namesOf = async (environment: string) =>
  (await readGraph(world.web, { environment, ...RANGE })).nodes.map((node) => node.name)

test('everything of it goes, with the rights of the web, and the audit says so', async () => {
  await tellStory()
  expect(await filled()).toHaveLength(14)
  expect(await remove()).toEqual({ nodes: 3, edges: 2, alerts: 1 })
  expect(await filled()).toEqual([])
  expect(await listEnvironments(world.web)).toEqual(['prod'])
  expect(await namesOf('prod')).toEqual(['cart', 'web'])
  const [act] = await listAudit(world.owner, { limit: 1 })
  expect(act).toMatchObject({ actor: ANN, action: 'environment.removed', subject: 'demo' })
  expect(await findBrokenAudit(world.owner)).toBeNull()
})

test('what the collector still emits of it is left out until it has forgotten it', async () => {
  await tellStory()
  await remove()
  const late = deltaOf([...usual, strange, ...ofProd], undefined, [inDemo('lonely')])
  await world.commit(late)
  expect(await filled()).toEqual([])
  expect(await listEnvironments(world.web)).toEqual(['prod'])
  const [edge] = (await readGraph(world.web, { environment: 'prod', ...RANGE })).edges
  expect(edge?.calls).toBe(2)
  const position = { journalId: 'journal', offset: 1_000n }
  const commit = { delta: null, position, counters: {}, forgotten: ['demo'], nowMs: NOON_MS }
  await commitDelta(world.committer, commit)
  expect(await listRemoved(world.web)).toEqual([])
})

test('one of the same name begins anew: it learns, and its baseline is the new one', async () => {
  await tellStory()
  await remove()
  await claimEnvironment(world.web, { name: 'demo', origin: 'demo' })
  const position = { journalId: 'journal', offset: 2_000n }
  const delta = deltaOf([strange])
  const commit = { delta, position, counters: {}, forgotten: ['demo'], nowMs: NOON_MS }
  await commitDelta(world.committer, commit)
  expect(await readOrigin(world.web, 'demo')).toBe('demo')
  expect(await namesOf('demo')).toEqual(['admin', 'cart'])
  await approveBaseline(world.web, { ...RANGE, environment: 'demo', author: ANN, reason: 'seen' })
  const opened = await commitDelta(world.committer, {
    ...commit,
    ...{ delta: deltaOf(usual), forgotten: [], position: { ...position, offset: 3_000n } },
  })
  expect(opened).toMatchObject({ applied: true, openedAlertIds: [expect.anything()] })
  expect(await listBaselines(world.web, 'demo')).toHaveLength(1)
})

test('an alert elsewhere about an edge into it is withdrawn', async () => {
  await tellStory()
  await approveBaseline(world.web, { ...RANGE, environment: 'prod', author: ANN, reason: 'seen' })
  await world.commit(deltaOf([call('web', inDemo('cart'))]))
  const states = ['open', 'withdrawn'] as const
  const query = { environment: 'prod', states, countMax: 10 }
  expect(await listAlerts(world.web, query)).toMatchObject([{ state: 'open' }])
  await remove()
  expect(await listAlerts(world.web, query)).toMatchObject([{ state: 'withdrawn' }])
})

test('an environment of real traces, or of nobody, is refused and stays', async () => {
  await tellStory()
  await expect(remove('prod')).rejects.toMatchObject({ code: 'ENVIRONMENT_OBSERVED' })
  await expect(remove('nowhere')).rejects.toMatchObject({ code: 'ENVIRONMENT_UNKNOWN' })
  expect(await namesOf('prod')).toEqual(['cart', 'web'])
  const entries = world.web`delete from baseline_entry`
  await expect(entries).rejects.toMatchObject({ code: '42501' })
})

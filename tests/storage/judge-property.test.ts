// Whatever is committed, taken back, approved, rolled back, tagged and expires, in whatever order and however cut, across
// restarts: the alerts are those of judging the final state at once, and each was told as often as it had reason to be.
// Of edges, that is: a service whose last edge is taken back alerts alone, by the clock (judge-tags.test.ts).
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { BaselineContent } from '../../core/baseline/content.ts'
import { edgeId } from '../../core/baseline/drift.ts'
import { type NodeKey, nodeId } from '../../core/graph/node.ts'
import { rollBack } from '../../storage/baselines.ts'
import { commitDelta, createCommitter } from '../../storage/commit.ts'
import { judgeByClock } from '../../storage/judge-clock.ts'
import { contentOf, entry, rule } from './content.ts'
import { type Call, call, deltaOf, external, service, takeBack } from './delta.ts'
import { Model, resolve } from './judge-model.ts'
import { ANN, activate, HOUR_MS, NOW_MS, tag } from './judged.ts'
import { createWorld, type World } from './world.ts'

let world: World
beforeAll(async () => {
  world = await createWorld()
})
afterAll(() => world.end())

const services = ['a', 'b', 'c', 'd'].map((name) => service(name))
const stores = ['s', 't'].map((name) => service(name, { kind: 'database' }))
const hosts = ['x.example.com', 'y.example.com'].map(external)
const elsewhere = service('e', { environment: 'staging' })
const targets = [...services, ...stores, ...hosts, elsewhere]

const arbitraryCall = fc
  .record({
    source: fc.constantFrom(...services),
    target: fc.constantFrom(...targets),
    operation: fc.constantFrom('GET /', 'POST /'),
    port: fc.constantFrom(443, 8443),
    tls: fc.constantFrom({ tlsCalls: 1 }, { plainCalls: 1 }, {}),
  })
  .map(({ source, target, operation, port, tls }) =>
    call(source, target, { operation, ports: [port], atMs: NOW_MS, ...tls }),
  )

const arbitraryEntry = fc
  .record({
    source: fc.constantFrom(...services),
    target: fc.constantFrom(...targets.map(resolve)),
    operations: fc.constantFrom(null, null, ['GET /']),
    ports: fc.constantFrom(null, null, [443]),
    isEncrypted: fc.boolean(),
    exceptionTo: fc.constantFrom([], ['deny']),
    quarantine: fc.constantFrom([], [], ['one_trace' as const]),
    expiresAtMs: fc.constantFrom(null, null, NOW_MS + HOUR_MS, NOW_MS + 2 * HOUR_MS),
  })
  .map(({ source, target, ...rest }) => entry(source, target, rest))

const arbitraryRule = fc.oneof(
  fc.constantFrom(
    rule('deny', { source: { name: 'a' }, target: { kind: 'database' } }),
    rule('deny', { target: { dataClass: 'pii' }, expiresAtMs: NOW_MS + HOUR_MS }),
  ),
  fc.constantFrom(
    rule('allow', { effect: 'allow', source: { name: 'b' }, operations: ['GET /'] }),
    rule('allow', { effect: 'allow', target: { kind: 'service' }, expiresAtMs: NOW_MS + HOUR_MS }),
  ),
)

const arbitraryContent = fc
  .record({
    entries: fc.uniqueArray(arbitraryEntry, { minLength: 1, maxLength: 12, selector: edgeId }),
    rules: fc.uniqueArray(arbitraryRule, { maxLength: 2, selector: ({ id }) => id }),
  })
  .map(({ entries, rules }) => contentOf(entries, rules))

type Step =
  | {
      readonly step: 'commit'
      readonly calls: readonly Call[]
      readonly takenBack: readonly number[]
    }
  | { readonly step: 'restart' }
  | { readonly step: 'activate'; readonly content: BaselineContent }
  | { readonly step: 'rollBack'; readonly version: number }
  | { readonly step: 'tag'; readonly node: NodeKey; readonly classes: readonly string[] }
  | { readonly step: 'clock'; readonly hours: number }

const arbitraryStep: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      step: fc.constant('commit' as const),
      calls: fc.array(arbitraryCall, { maxLength: 6 }),
      takenBack: fc.array(fc.nat(99), { maxLength: 2 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ step: fc.constant('restart' as const) }) },
  {
    weight: 2,
    arbitrary: fc.record({ step: fc.constant('activate' as const), content: arbitraryContent }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ step: fc.constant('rollBack' as const), version: fc.nat(9) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      step: fc.constant('tag' as const),
      node: fc.constantFrom(...stores, services[3]!),
      classes: fc.constantFrom([], ['pii'], ['payment'], ['payment', 'pii']),
    }),
  },
  { weight: 1, arbitrary: fc.record({ step: fc.constant('clock' as const), hours: fc.nat(2) }) },
)

/** People act at the real time, so hours that pass come after all they do: time never goes back. */
function inTime(steps: readonly Step[]): readonly Step[] {
  const hoursOf = (step: Step) => (step.step === 'clock' ? step.hours : -1)
  return steps.toSorted((a, b) => hoursOf(a) - hoursOf(b))
}

/** Does a step, in the tables and in the model. */
async function take(
  step: Step,
  model: Model,
  run: { committer: World['committer']; offset: bigint },
) {
  if (step.step === 'restart') {
    run.committer = createCommitter(world.collector)
  } else if (step.step === 'commit') {
    const back = step.takenBack.flatMap((place) =>
      model.counted.length === 0
        ? []
        : model.counted.splice(place % model.counted.length, 1).map(takeBack),
    )
    model.counted.push(...step.calls)
    const calls = [...step.calls, ...back]
    const position = { journalId: 'journal', offset: ++run.offset }
    const delta = deltaOf(calls)
    await commitDelta(run.committer, { delta, position, counters: {}, nowMs: NOW_MS })
    for (const each of calls) model.count(each)
    for (const [id, { calls: left }] of model.edges) if (left <= 0) model.edges.delete(id)
    model.settle('withdrawn')
  } else if (step.step === 'activate') {
    await activate(world, step.content.entries, step.content.rules)
    model.versions.push(step.content)
    model.active = step.content
    model.settle('accepted')
  } else if (step.step === 'rollBack') {
    if (model.versions.length === 0) return
    const version = 1 + (step.version % model.versions.length)
    const act = { environment: 'prod', version, actor: ANN, reason: 'back' }
    await rollBack(world.web, { ...act, selfApproval: 'allowed' })
    model.active = model.versions[version - 1]!
    model.versions.push(model.active)
    model.settle('accepted')
  } else if (step.step === 'tag') {
    await tag(world, step.node, { dataClasses: step.classes })
    model.tags.set(nodeId(step.node), step)
    model.settle('withdrawn')
  } else {
    // Before anything is approved nothing is judged, so no time is known either.
    if (model.active) model.nowMs = Math.max(model.nowMs, NOW_MS + step.hours * HOUR_MS)
    await judgeByClock(world.collector, NOW_MS + step.hours * HOUR_MS)
    model.settle('withdrawn')
  }
}

type AlertRow = {
  subject: string
  kind: string
  state: string
  episode: number
  summary: string
  severity: string
  rule_id: string | null
  reaches: unknown
  news: unknown
  events: string[]
}

test('alerts about edges are those of the final state, each told as often as it had reason to be', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(arbitraryCall, { minLength: 1, maxLength: 8 }),
      fc.array(arbitraryStep, { minLength: 3, maxLength: 14 }),
      async (first, steps) => {
        await world.clear()
        const model = new Model()
        const run = { committer: createCommitter(world.collector), offset: 0n }
        const begin: Step = { step: 'commit', calls: first, takenBack: [] }
        for (const step of [begin, ...inTime(steps)]) await take(step, model, run)
        const rows = await world.owner<AlertRow[]>`
          select subject, kind, state, episode, summary, severity, rule_id, reaches, news,
            (select array_agg(action order by id) from alert_event where alert_id = alert.id)
              as events
          from alert where target_name is not null order by subject collate "C"`
        const expected = [...model.told].sort(([a], [b]) => (a < b ? -1 : 1))
        expect(rows.map((row) => [row.subject, row.kind, row.state, row.events])).toEqual(
          expected.map(([subject, { kind, state, events }]) => [subject, kind, state, events]),
        )
        const drifts = new Map(model.judge().map((drift) => [drift.subject, drift]))
        for (const row of rows) {
          const again = row.events.filter((action) => action === 'reopened').length
          expect(row.episode).toBe(1 + again)
          const drift = drifts.get(row.subject)
          expect(row.state === 'open').toBe(drift !== undefined)
          if (!drift) continue
          const { summary, severity, ruleId, reaches, news } = drift
          expect(row).toMatchObject({ summary, severity, rule_id: ruleId, reaches, news })
        }
      },
    ),
    { numRuns: 20 },
  )
}, 300_000)

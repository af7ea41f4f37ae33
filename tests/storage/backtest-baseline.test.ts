// The forecast of a baseline equals, alert for alert, what is then raised: any candidate is tried over the stored history
// of any traffic, then activated in an empty environment to which the same traffic comes again, at its times.
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { edgeId } from '../../core/baseline/drift.ts'
import type { NodeKey } from '../../core/graph/node.ts'
import { type BaselineForecast, backtestBaseline } from '../../storage/backtest-baseline.ts'
import { commitDelta, createCommitter } from '../../storage/commit.ts'
import { nameIncidents } from '../../storage/incident-reads.ts'
import { judgeByClock } from '../../storage/judge-clock.ts'
import { contentOf, entry, rule } from './content.ts'
import { type Call, call, deltaOf, external, service } from './delta.ts'
import { resolve } from './judge-model.ts'
import { activate, HOUR_MS, NOW_MS, tag } from './judged.ts'
import { createWorld, type World } from './world.ts'

let world: World
beforeAll(async () => {
  world = await createWorld()
})
afterAll(() => world.end())

const FROM_MS = NOW_MS
const TO_MS = NOW_MS + 72 * HOUR_MS

const services = ['a', 'b', 'c', 'd'].map((name) => service(name))
const stores = ['s', 't'].map((name) => service(name, { kind: 'database' }))
const hosts = ['x.example.com', 'y.example.com'].map(external)
const elsewhere = service('e', { environment: 'staging' })
const targets = [...services, ...stores, ...hosts, elsewhere]

const hour = (max: number) => fc.nat(max).map((hours) => NOW_MS + hours * HOUR_MS)
const expiry = fc.oneof(fc.constant(null), fc.constant(null), hour(70))

const arbitraryCall = fc
  .record({
    source: fc.constantFrom(...services),
    target: fc.constantFrom(...targets),
    operation: fc.constantFrom('GET /', 'POST /'),
    port: fc.constantFrom(443, 8443),
    tls: fc.constantFrom({ tlsCalls: 1 }, { plainCalls: 1 }, {}),
    minutes: fc.integer({ min: 1, max: 71 * 60 }),
  })
  .map(({ source, target, operation, port, tls, minutes }) =>
    call(source, target, {
      ...{ operation, ports: [port], ...tls },
      atMs: NOW_MS + minutes * 60_000,
    }),
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
    expiresAtMs: expiry,
  })
  .map(({ source, target, ...rest }) => entry(source, target, rest))

const arbitraryRule = fc
  .record({
    rest: fc.constantFrom(
      rule('deny', { source: { name: 'a' }, target: { kind: 'database' } }),
      rule('deny', { target: { dataClass: 'pii' } }),
      rule('deny', { source: { name: 'b' } }),
      rule('allow', { effect: 'allow', source: { name: 'b' }, operations: ['GET /'] }),
      rule('allow', { effect: 'allow', target: { kind: 'service' } }),
    ),
    expiresAtMs: expiry,
  })
  .map(({ rest, expiresAtMs }) => ({ ...rest, expiresAtMs }))

const open = { expiresAtMs: null, operations: null, ports: null }

/** isPlain: all holds for good and whatever is done, so that the beginning of each drift is known. */
const arbitraryContent = fc
  .record({
    entries: fc.uniqueArray(arbitraryEntry, { minLength: 1, maxLength: 12, selector: edgeId }),
    rules: fc.uniqueArray(arbitraryRule, { maxLength: 2, selector: ({ id }) => id }),
    isPlain: fc.boolean(),
  })
  .map(({ entries, rules, isPlain }) =>
    isPlain
      ? contentOf(
          entries.map((each) => ({ ...each, ...open, isEncrypted: false })),
          rules.map((each) => ({ ...each, ...open })),
        )
      : contentOf(entries, rules),
  )

type Content = ReturnType<typeof contentOf>

/** Commits calls one by one in the order of their times, and looks at the clock whenever something runs out. */
async function send(calls: readonly Call[], { entries, rules }: Content): Promise<void> {
  const committer = createCommitter(world.collector)
  const ends = [...entries, ...rules].flatMap(({ expiresAtMs }) => expiresAtMs ?? [])
  const clock = [...new Set(ends), TO_MS].map((atMs) => ({ atMs, call: null }))
  const steps = [...clock, ...calls.map((each) => ({ atMs: each.atMs, call: each }))]
  let offset = 0n
  for (const { atMs, call: each } of steps.toSorted((a, b) => a.atMs - b.atMs)) {
    if (each === null) await judgeByClock(world.collector, atMs)
    else {
      const position = { journalId: 'journal', offset: ++offset }
      const delta = deltaOf([each])
      await commitDelta(committer, { delta, position, counters: {}, nowMs: atMs })
    }
  }
}

const hasExpiry = ({ entries, rules }: Content) =>
  [...entries, ...rules].some(({ expiresAtMs }) => expiresAtMs !== null)

async function setUp(tagged: readonly (readonly [NodeKey, readonly string[]])[]) {
  await world.clear()
  await world.owner`insert into environment (name) values ('prod'), ('staging')`
  for (const [node, dataClasses] of tagged) await tag(world, node, { dataClasses })
}

function forecast(content: Content): Promise<BaselineForecast> {
  return backtestBaseline(world.web, {
    ...{ environment: 'prod', fromMs: FROM_MS, toMs: TO_MS, nowMs: TO_MS },
    candidate: { from: 'content', content },
  })
}

type RaisedRow = { subject: string; kind: string; severity: string; summary: string }

const raisedAlerts = () => world.owner<
  (RaisedRow & { state: string; first_at: Date; incident_id: bigint; actions: string[] })[]
>`
  select subject, kind, severity, summary, state, first_at, incident_id,
    (select array_agg(distinct action) from alert_event where alert_id = alert.id) as actions
  from alert order by subject collate "C"`

/**
 * Of what is done beyond what holds an edge no beginning is kept, nor when what nobody called for a day was called
 * again; all else opens when it is first seen.
 */
const hasBeginning = ({ kind, actions }: { kind: string; actions: string[] }) =>
  !['downgraded', 'new_protocol', 'new_port', 'new_operation'].includes(kind) &&
  !actions.some((action) => action === 'escalated' || action === 'reclassified')

const bySubject = <T extends { readonly subject: string }>(alerts: readonly T[]) =>
  alerts.toSorted((a, b) => (a.subject < b.subject ? -1 : 1))

test('the forecast of a baseline is what a replay of the same traffic raises', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(arbitraryCall, { minLength: 1, maxLength: 14 }),
      arbitraryContent,
      fc.array(fc.tuple(fc.constantFrom(...stores), fc.constantFrom(['pii'], ['payment'])), {
        maxLength: 2,
      }),
      async (calls, content, tagged) => {
        await setUp(tagged)
        await send(calls, contentOf([]))
        expect(await raisedAlerts()).toEqual([])
        const { alerts, version, incidents } = await forecast(content)
        await setUp(tagged)
        expect(await activate(world, content.entries, content.rules)).toBe(version)
        await send(calls, content)
        const raised = await raisedAlerts()
        const isKept = (alert: (typeof raised)[number]) =>
          hasBeginning(alert) && !hasExpiry(content)
        expect(
          bySubject(
            alerts.map(({ drift: { subject, kind, severity, summary }, endsAtMs, opensAtMs }) => {
              const state = endsAtMs === null ? 'open' : 'withdrawn'
              return { subject, kind, severity, summary, state, opensAtMs }
            }),
          ),
        ).toEqual(
          raised.map((alert) => ({
            ...{ subject: alert.subject, kind: alert.kind, severity: alert.severity },
            ...{ summary: alert.summary, state: alert.state },
            opensAtMs: isKept(alert) ? alert.first_at.getTime() : expect.any(Number),
          })),
        )
        if (!raised.every(isKept)) return
        const groups = Map.groupBy(raised, (alert) => String(alert.incident_id))
        const names = await nameIncidents(
          world.owner,
          raised.map((alert) => alert.incident_id),
        )
        const told = [...groups].map(([id, members]) => {
          const { kind, sentence } = names.get(id)!
          return { kind, sentence, subjects: members.map(({ subject }) => subject) }
        })
        const byFirst = <T extends { readonly subjects: readonly string[] }>(list: readonly T[]) =>
          list.toSorted((a, b) => (a.subjects[0]! < b.subjects[0]! ? -1 : 1))
        expect(
          byFirst(
            incidents.map(({ kind, sentence, alerts: members }) => {
              return { kind, sentence, subjects: members.map((each) => each.drift.subject).sort() }
            }),
          ),
        ).toEqual(byFirst(told))
      },
    ),
    { numRuns: 30 },
  )
}, 300_000)

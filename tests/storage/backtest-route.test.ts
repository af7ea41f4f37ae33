// The forecast of a route equals, message for message, what the worker's routing writes for it: over any history of
// alerts a route speaks, is deleted, and is then tried as a new one over the same history.
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { RouteSettings } from '../../core/notify/route.ts'
import { backtestRoute } from '../../storage/backtest-route.ts'
import { commitDelta } from '../../storage/commit.ts'
import { deleteRoute } from '../../storage/notification-routes.ts'
import { routeAlerts } from '../../storage/route-alerts.ts'
import { triageAlerts } from '../../storage/triage.ts'
import { undoTriage } from '../../storage/triage-undo.ts'
import { entry } from './content.ts'
import { call, deltaOf, external, service, takeBack } from './delta.ts'
import { ANN, activate, HOUR_MS, NOW_MS, tag } from './judged.ts'
import { ADA, addRoute, addWebhook } from './notices.ts'
import { createWorld, type World } from './world.ts'

let world: World
beforeAll(async () => {
  world = await createWorld()
})
afterAll(() => world.end())

const targets = [service('x'), service('y'), external('z.example.com')]
const POLICY = { selfApproval: 'allowed' } as const

const arbitraryStep = fc.record({
  minutes: fc.integer({ min: 1, max: 400 }),
  target: fc.nat(targets.length - 1),
  act: fc.constantFrom('call', 'call', 'takeBack', 'reject', 'undo', 'comment' as const),
})
type Step = { minutes: number; target: number; act: string }

const arbitrarySettings = fc
  .record({
    match: fc.constantFrom(
      {},
      { severity: 'high' },
      { kinds: ['new_external'] },
      { layers: ['Edge'] },
      { environments: ['lab*'] },
    ),
    quiet: fc.constantFrom(null, null, {
      zone: 'Europe/Berlin',
      windows: [{ days: [1, 2, 3, 4, 5, 6, 7], from: '20:00', to: '06:30' }],
      urgent: 'high',
    }),
    digestMinutes: fc.constantFrom(0, 0, 45),
    tellsEnd: fc.boolean(),
  })
  .map((settings) => RouteSettings.parse(settings))

type AlertRow = { id: bigint; state: string }

/** One step of people and traffic, as far as it can be done. An acceptance acts at the real time, so there is none. */
async function take({ target, act }: Step, atMs: number, run: { offset: bigint; acts: string[] }) {
  const end = targets[target]!
  const made = call('a', end, { atMs })
  const commit = async (delta: ReturnType<typeof deltaOf>) => {
    const position = { journalId: 'journal', offset: ++run.offset }
    await commitDelta(world.committer, { delta, position, counters: {}, nowMs: atMs })
  }
  const [alert] = await world.owner<AlertRow[]>`
    select id, state from alert where target_kind = ${end.kind} and target_name like ${`${end.kind === 'external' ? 'example' : end.name}%`}`
  const by = { actor: ANN, reason: 'so', nowMs: atMs }
  if (act === 'call') return commit(deltaOf([made]))
  if (!alert) return
  const alertIds = [String(alert.id)]
  if (act === 'takeBack') {
    const [edge] = await world.owner<{ calls: bigint }[]>`
      select calls from edge where alert_id = ${alertIds[0]!}::bigint`
    if (edge)
      await commit(deltaOf(Array.from({ length: Number(edge.calls) }, () => takeBack(made))))
  } else if (act === 'undo') {
    const actId = run.acts.pop()
    if (actId) await undoTriage(world.web, { ...by, actId }, POLICY).catch(() => undefined)
  } else {
    const action = act === 'reject' ? 'reject' : 'comment'
    const { actId } = await triageAlerts(world.web, { ...by, alertIds, action }, POLICY)
    if (actId) run.acts.push(actId)
  }
}

type DeliveryRow = { key: string; act: string; alert_id: string; batch: string | null; due: number }

test('the forecast of a route is what routing then writes as deliveries', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(arbitraryStep, { minLength: 2, maxLength: 14 }),
      arbitrarySettings,
      fc.constantFrom({}, { match: { severity: 'high' } }),
      async (steps, settings, others) => {
        await world.clear()
        await world.owner`insert into environment (name) values ('prod')`
        await activate(world, [entry(service('a'), service('a'))])
        await tag(world, targets[1]!, { dataClasses: ['pii'] })
        await tag(world, targets[0]!, { layer: 'edge' })
        const [first, second] = [
          await addWebhook(world.web, 'one'),
          await addWebhook(world.web, 'two'),
        ]
        await addRoute(world.web, first, others)
        const route = await addRoute(world.web, second, settings)
        const run = { offset: 0n, acts: [] as string[] }
        let atMs = NOW_MS + HOUR_MS
        for (const step of steps) {
          atMs += step.minutes * 60_000
          await take(step, atMs, run)
          await world.owner`
            update delivery set state = 'sent', finished_at = now()
            where state = 'waiting' and due_at <= to_timestamp(${atMs}::float8 / 1000)`
          await routeAlerts(world.owner, () => atMs)
        }
        const written = await world.owner<DeliveryRow[]>`
          select key, act, alert_id::text, batch, extract(epoch from due_at)::float8 * 1000 as due
          from delivery where channel_id = ${second.id}::bigint and type = 'alert'
            and state <> 'superseded' order by id`
        await deleteRoute(world.web, { id: route.id, actor: ADA })
        const { messages, told, alerts } = await backtestRoute(world.web, {
          ...{ environment: 'prod', fromMs: NOW_MS, toMs: atMs + 1 },
          route: { id: null, channelId: second.id, settings },
        })
        const forecast = messages.map(({ atMs: due, notice }) => ({
          due,
          told: (notice.type === 'alert' ? [notice] : notice.notices).map(
            ({ key, act, alert }) => `${key} ${act} ${alert.id}`,
          ),
        }))
        const groups = Map.groupBy(written, ({ batch, key }) => batch ?? key)
        const expected = [...groups.values()]
          .map((rows) => ({
            due: Math.round(rows[0]!.due),
            told: rows.map(({ key, act, alert_id }) => `${key} ${act} ${alert_id}`),
          }))
          .sort((a, b) => a.due - b.due)
        expect(forecast).toEqual(expected)
        const opened = written.filter(({ act }) => act === 'open').map((row) => row.alert_id)
        expect([...told].sort()).toEqual([...new Set(opened)].sort())
        expect(alerts.length).toBeGreaterThanOrEqual(told.size)
      },
    ),
    { numRuns: 20 },
  )
}, 300_000)

// `strayline demo` as a process, into a real collector and its Postgres: the same story for the same seed, a
// baseline of its own, three alerts and never another; and what it says when it cannot tell it.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { DEMO_AUTHOR } from '../../cli/demo/demo.ts'
import { normalEdges } from '../../cli/demo/journeys.ts'
import { resourceOf, SHOP } from '../../cli/demo/services.ts'
import { drawAttack, drawTrace } from '../../cli/demo/traces.ts'
import type { Alert } from '../../storage/alert-row.ts'
import { listAlerts } from '../../storage/alerts.ts'
import { listBaselines } from '../../storage/baselines.ts'
import { addEnvironments, listEnvironments, listRemoved } from '../../storage/environments.ts'
import { readGraph } from '../../storage/graph.ts'
import { readPosition } from '../../storage/position.ts'
import { removeEnvironment } from '../../storage/remove-environment.ts'
import { acceptAlert, rejectAlert } from '../storage/decide.ts'
import { type OpenCollector, openCollector } from '../support/open-collector.ts'
import { waitFor } from '../support/process.ts'
import { type Outcome, runStrayline } from './run-command.ts'

const TOKEN = 'a-long-enough-ingest-token'
const TIMEOUT_MS = 60_000
let running: OpenCollector

beforeAll(async () => {
  running = await openCollector({
    STRAYLINE_HOLD: '500ms',
    STRAYLINE_QUIET: '100ms',
    STRAYLINE_INGEST_TOKEN: TOKEN,
  })
})
afterAll(async () => {
  await running?.close()
})

function runDemo(...args: readonly string[]): Promise<Outcome> {
  const { httpUrl, grpcPort } = running.collector
  const to = ['--http', httpUrl, '--grpc', `http://127.0.0.1:${grpcPort}`]
  return runStrayline(['demo', ...to, '--for', '1s', ...args], {
    environment: {
      WEB_DATABASE_URL: running.database.webUrl,
      STRAYLINE_INGEST_TOKEN: TOKEN,
      // Whoever traces Strayline itself must not end up in the shop.
      OTEL_RESOURCE_ATTRIBUTES: 'service.name=strayline-demo',
      OTEL_TRACES_SAMPLER: 'always_off',
    },
  })
}

async function storedEdges(environment: string): Promise<string[]> {
  const nowMs = Date.now()
  const window = { environment, fromMs: nowMs - 86_400_000, toMs: nowMs + 60_000 }
  const { edges } = await readGraph(running.sql, window)
  return edges.map(({ source, target }) => `${source.name} → ${target.name}`).sort()
}

function readAlerts(): Promise<readonly Alert[]> {
  const states = ['open', 'accepted', 'rejected', 'withdrawn'] as const
  return listAlerts(running.sql, { environment: 'demo', states, countMax: 100 })
}

const sayAlert = ({ kind, source, target, state }: Alert) =>
  `${kind}: ${source.name} → ${target?.name} ${state}`

test('the same seed draws the same traces, another seed others', () => {
  const drawn = (seed: number) =>
    JSON.stringify([...Array(40).keys()].map((number) => drawTrace(seed, number)))
  expect(drawn(7)).toBe(drawn(7))
  expect(drawn(7)).not.toBe(drawn(8))
  expect(JSON.stringify(drawAttack(7, 3))).toBe(JSON.stringify(drawAttack(7, 3)))
  const pods = (seed: number) =>
    Object.values(SHOP).map((service) => resourceOf(service, 'demo', seed)['k8s.pod.name'])
  expect(pods(7)).toEqual(pods(7))
  expect(pods(7)).not.toEqual(pods(8))
})

test(
  'learns, approves in its own name, and strays in three ways',
  async () => {
    const { exitCode, stderr, stdout } = await runDemo()
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
    expect(stdout).toBe('the demo has ended; the map keeps environment demo\n')
    const [baseline, ...older] = await listBaselines(running.sql, 'demo')
    expect(older).toEqual([])
    expect(baseline).toMatchObject({ author: DEMO_AUTHOR, entries: normalEdges().size })
    expect((await readAlerts()).map(sayAlert).sort()).toEqual([
      'new_database: search → postgresql:accounts-db/accounts open',
      'new_edge: search → back-office open',
      'new_external: search → cdn-metrics.example open',
    ])
    expect(await storedEdges('demo')).toHaveLength(normalEdges().size + 3)
  },
  TIMEOUT_MS,
)

test(
  'a second run adds no alert, whatever was decided meanwhile',
  async () => {
    const before = await storedEdges('demo')
    const [accepted, rejected] = await readAlerts()
    const decision = { actor: 'ada@shop.example', reason: 'as reviewed' }
    await acceptAlert(running.sql, { ...decision, alertId: accepted?.id ?? '' })
    await rejectAlert(running.sql, { ...decision, alertId: rejected?.id ?? '' })
    const { exitCode, stdout } = await runDemo('--seed', '2', '--progress', 'json')
    expect(exitCode).toBe(0)
    const lines = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    const phases = [...new Set(lines.map((line) => line.phase ?? line.type))]
    expect(phases).toEqual(['history', 'baseline', 'attack', 'settling', 'traffic', 'done'])
    const alerts = await readAlerts()
    expect(alerts.map((alert) => alert.state).sort()).toEqual(['accepted', 'open', 'rejected'])
    expect(alerts.map((alert) => alert.episode)).toEqual([1, 1, 1])
    expect(await storedEdges('demo')).toEqual(before)
    expect(await listBaselines(running.sql, 'demo')).toHaveLength(2)
  },
  TIMEOUT_MS,
)

test(
  'it ends when its environment is removed, and the environment stays away',
  async () => {
    const accepted = async () => (await readPosition(running.sql))?.counters.accepted ?? 0
    // What the run before sent last may still be on its way.
    await new Promise((resolve) => setTimeout(resolve, 2_000))
    const before = await accepted()
    const told = runDemo('--for', '60s')
    await waitFor('its spans', async () => ((await accepted()) > before ? true : undefined))
    await removeEnvironment(running.sql, { environment: 'demo', actor: 'ada@shop.example' })
    const { exitCode, stderr } = await told
    expect(exitCode).toBe(1)
    expect(stderr).toContain('environment demo was removed, so the demo ends')
    await waitFor('the forgetting', async () =>
      (await listRemoved(running.sql)).length === 0 ? true : undefined,
    )
    await new Promise((resolve) => setTimeout(resolve, 1_500))
    expect(await listEnvironments(running.sql)).not.toContain('demo')
  },
  TIMEOUT_MS,
)

test('what keeps it from sending is one sentence and exit code 1', async () => {
  const refused = await runDemo('--token', 'a-wrong-ingest-token', '--environment', 'other')
  expect(refused).toMatchObject({ exitCode: 1, stdout: '' })
  expect(refused.stderr).toMatch(/^strayline: the collector refuses the ingest token: set/)
  await addEnvironments(running.sql, ['prod'])
  const taken = await runDemo('--environment', 'prod')
  expect(taken).toMatchObject({ exitCode: 1, stdout: '' })
  expect(taken.stderr).toContain('The environment prod is of real traces')
})

test('without a Strayline to send to it says where to get one', async () => {
  const environment = { STRAYLINE_DATA_DIR: `${running.dataDir}/nothing` }
  const { exitCode, stderr } = await runStrayline(['demo'], { environment })
  expect(exitCode).toBe(2)
  expect(stderr).toContain('no Strayline runs on this data directory: start one with `npm start`')
})

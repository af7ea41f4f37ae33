// The train-ticket capture (84 minutes, 28 services, real faults) through the whole way: `strayline replay`, a real
// collector, a real Postgres. Its graph is that of its .edges.json, and as a baseline it lets itself pass.
// Skips where ../shared is absent.
import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { listAlerts } from '../../storage/alerts.ts'
import { approveBaseline } from '../../storage/baselines.ts'
import { readGraph } from '../../storage/graph.ts'
import type { ExpectedEdge } from '../support/cases.ts'
import { type OpenCollector, openCollector } from '../support/open-collector.ts'
import { requestOf, span } from '../support/spans.ts'
import { ROOT, runStrayline } from './run-command.ts'

const FOLDER = path.join(ROOT, '../shared/traces/train-ticket')
const CAPTURE = path.join(FOLDER, '2023-01-29.otlp.jsonl.gz')
const EDGES = path.join(FOLDER, '2023-01-29.edges.json')
const ENVIRONMENT = 'train-ticket'
/** The capture holds some spans twice, as exporters that retry send them. */
const DISTINCT_SPANS = 321_068
const DAY_MS = 86_400_000

const isThere = existsSync(CAPTURE)
let running: OpenCollector

beforeAll(async () => {
  if (!isThere) return
  running = await openCollector({ STRAYLINE_HOLD: '3s', STRAYLINE_QUIET: '500ms' })
})
afterAll(async () => {
  await running?.close()
})

/** What the spans of the last day say; the capture's times are shifted to end now. */
function recentWindow() {
  const nowMs = Date.now()
  return { environment: ENVIRONMENT, fromMs: nowMs - DAY_MS, toMs: nowMs + 60_000 }
}

/** In Postgres: `source -> target`, with calls and errors. */
async function storedEdges(): Promise<readonly string[]> {
  const { edges } = await readGraph(running.sql, recentWindow())
  return edges.map(({ source, target, calls, errors }) => say(source, target, { calls, errors }))
}

function expectedEdges(times: number): readonly string[] {
  const edges = JSON.parse(readFileSync(EDGES, 'utf8')) as readonly ExpectedEdge[]
  return edges.map(({ source, target, calls, errors }) =>
    say(source, target, { calls: calls * times, errors: errors * times }),
  )
}

type End = ExpectedEdge['source']
type Sums = { readonly calls: number; readonly errors: number }

function say(source: End, target: End, { calls, errors }: Sums): string {
  const name = (end: End) => `${end.kind} ${end.name}`
  return `${name(source)} -> ${name(target)}: ${calls} calls, ${errors} errors`
}

/** The capture, or what is given instead, with new trace ids and the times shifted to now. */
async function replay(stdin?: string): Promise<void> {
  const args = ['--to', running.collector.httpUrl, '--environment', ENVIRONMENT, '--wait']
  const file = stdin === undefined ? CAPTURE : '-'
  const options = stdin === undefined ? {} : { stdin }
  const outcome = await runStrayline(['replay', file, ...args], options)
  expect(outcome).toMatchObject({ exitCode: 0, stderr: '' })
}

/** By the collector's own account. */
async function countDistinctSpans(): Promise<number> {
  const metrics = await (await fetch(`${running.collector.httpUrl}/metrics`)).text()
  const readTotal = (name: string) =>
    Number(new RegExp(`^strayline_spans_${name}_total (\\d+)$`, 'm').exec(metrics)?.[1])
  return readTotal('accepted') - readTotal('duplicate')
}

async function alertedEdges(): Promise<readonly string[]> {
  const states = ['open', 'accepted', 'rejected', 'withdrawn'] as const
  const alerts = await listAlerts(running.sql, { environment: ENVIRONMENT, states, countMax: 10 })
  return alerts.map(({ source, target }) => `${source.name} -> ${target?.name}`)
}

test.skipIf(!isThere)(
  'train-ticket gives its 55 edges, and replayed again twice the calls and no alert (needs ../shared)',
  async () => {
    await replay()
    expect(await countDistinctSpans()).toBe(DISTINCT_SPANS)
    const once = await storedEdges()
    expect(once).toHaveLength(55)
    expect(once.toSorted()).toEqual(expectedEdges(1).toSorted())
    const approval = { author: 'ada@shop.example', reason: 'as recorded' }
    expect(await approveBaseline(running.sql, { ...recentWindow(), ...approval })).toMatchObject({
      version: 1,
    })
    await replay()
    expect((await storedEdges()).toSorted()).toEqual(expectedEdges(2).toSorted())
    expect(await alertedEdges()).toEqual([])
    // And the baseline does watch: one call that is not in the capture is one alert.
    const stray = [
      span({ id: 1, service: 'ts-order-service', kind: 'client' }),
      span({ id: 2, service: 'ts-admin-user-service', kind: 'server', parent: 1 }),
    ]
    await replay(JSON.stringify(requestOf(stray)))
    expect(await alertedEdges()).toEqual(['ts-order-service -> ts-admin-user-service'])
  },
  300_000,
)

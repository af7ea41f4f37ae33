// A collector, its database and its journal, for tests that break them: a load with a known truth is sent as
// an exporter would, and in the end the tables must hold exactly what was acknowledged.
import { approveBaseline } from '../../storage/baselines.ts'
import { readGraph } from '../../storage/graph.ts'
import { openSql, type Sql } from '../../storage/sql.ts'
import { makeDataDir, startCollector, type TestCollector } from './collector.ts'
import { createTestDatabase, type TestDatabase } from './database.ts'
import { createLoad, type Load } from './load.ts'
import { sendAll } from './otlp-client.ts'
import { waitFor } from './process.ts'

/** `npm run test:faults` sets it: more faults, longer ones. */
export const IS_LONG = process.env.FAULTS === 'long'

/** One number for the run of every day, one for the long one. */
export function pickLength<T>(short: T, long: T): T {
  return IS_LONG ? long : short
}

export type FaultDatabase = Pick<TestDatabase, 'ownerUrl' | 'collectorUrl' | 'drop'>

type StartOptions = {
  readonly variables?: Readonly<Record<string, string>>
  readonly databaseUrl?: string
  readonly preload?: string
}

export type FaultWorld = {
  readonly database: FaultDatabase
  readonly sql: Sql
  readonly dataDir: string
  collector: TestCollector
  /** Of the next load of sendUntil: equal seeds would be equal spans. */
  nextSeed: number
  readonly start: (options?: StartOptions) => Promise<TestCollector>
  /** Counts of all edges, `source -> target`. */
  readonly readEdges: () => Promise<Load['edges']>
  readonly close: () => Promise<void>
}

const VARIABLES = {
  STRAYLINE_HOLD: '1s',
  STRAYLINE_QUIET: '200ms',
  STRAYLINE_LATE_WINDOW: '5m',
  STRAYLINE_COMMIT_INTERVAL: '100ms',
}

/** Nothing runs yet but the database, one of the test server's unless given; call start. data: of another world. */
export async function openFaultWorld(
  given?: FaultDatabase,
  data = makeDataDir(),
): Promise<FaultWorld> {
  const database = given ?? (await createTestDatabase())
  const sql = openSql({ url: database.ownerUrl, applicationName: 'test', connectionsMax: 2 })
  const world: FaultWorld = {
    database,
    sql,
    dataDir: data.dataDir,
    collector: undefined as unknown as TestCollector, // until the first start
    nextSeed: 100,
    start: async ({ variables, databaseUrl = database.collectorUrl, preload } = {}) => {
      const settings = { ...VARIABLES, ...variables }
      const more = preload === undefined ? {} : { preload }
      const place = { databaseUrl, dataDir: data.dataDir }
      world.collector = await startCollector({ ...place, variables: settings, ...more })
      return world.collector
    },
    readEdges: () => readEdges(sql),
    close: async () => {
      await world.collector?.kill()
      await sql.end()
      await database.drop()
      data.remove()
    },
  }
  return world
}

/** A load of paired calls, the halves in different requests, ended now. */
export function makeLoad(seed: number, requests: number, spansPerRequest = 200): Load {
  return createLoad({ seed, requests, spansPerRequest, endMs: Date.now(), halves: 'apart' })
}

/** Sends until everything is acknowledged, wherever the collector is by then. */
export function sendLoad(
  world: FaultWorld,
  load: Load,
  onAcknowledged?: (acknowledged: number) => void,
) {
  return sendAll({ httpUrl: () => world.collector.httpUrl }, load.bodies, 4, onAcknowledged)
}

/** Sends load after load until the work is done; the truth of all that was sent and acknowledged. */
export async function sendUntil(
  world: FaultWorld,
  work: Promise<unknown>,
  spansPerRequest = 200,
): Promise<Load['edges']> {
  let isDone = false
  const done = work.finally(() => {
    isDone = true
  })
  let sent: Load['edges'] = new Map()
  while (!isDone) {
    const load = makeLoad(world.nextSeed++, 20, spansPerRequest)
    await sendLoad(world, load)
    sent = sumEdges(sent, load.edges)
  }
  await done
  return sent
}

/** Waits until the tables hold the calls and errors of these edges, no less and no more. */
export async function waitForEdges(
  world: Pick<FaultWorld, 'readEdges'>,
  expected: Load['edges'],
  timeoutMs = 30_000,
): Promise<void> {
  const wanted = sortEdges(expected)
  let found = ''
  const isThere = async () => {
    found = sortEdges(await world.readEdges())
    return found === wanted ? true : undefined
  }
  await waitFor('the edges', isThere, timeoutMs).catch((error: Error) => {
    throw new Error(`${error.message}\nwanted ${wanted}\nfound  ${found}`)
  })
}

/** The sum of two truths. */
export function sumEdges(a: Load['edges'], b: Load['edges']): Load['edges'] {
  const sum = new Map(a)
  for (const [key, { calls, errors }] of b) {
    const known = sum.get(key) ?? { calls: 0, errors: 0 }
    sum.set(key, { calls: known.calls + calls, errors: known.errors + errors })
  }
  return sum
}

/** Approves what the last hour showed. */
export async function approveNow(sql: Sql): Promise<number> {
  const window = { fromMs: Date.now() - 3_600_000, toMs: Date.now() + 60_000 }
  const act = { environment: 'default', author: 'Test', reason: 'as seen' }
  return (await approveBaseline(sql, { ...window, ...act })).version
}

function sortEdges(edges: Load['edges']): string {
  return JSON.stringify([...edges].sort(([a], [b]) => (a < b ? -1 : 1)))
}

async function readEdges(sql: Sql): Promise<Load['edges']> {
  const range = { fromMs: Date.now() - 7_200_000, toMs: Date.now() + 3_600_000 }
  const { edges } = await readGraph(sql, { environment: 'default', ...range })
  return new Map(
    edges.map(({ source, target, calls, errors }) => [
      `${source.name} -> ${target.name}`,
      { calls, errors },
    ]),
  )
}

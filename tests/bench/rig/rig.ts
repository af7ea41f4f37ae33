// What a bench measures: a collector process on an embedded Postgres as `npm start` runs it (every write to disk),
// both in a folder of their own; and the check that ends every run: the graph is what was sent, nothing came
// twice, nothing left early.
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { loadavg, tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { startEmbedded, stopEmbedded } from '../../../storage/embedded.ts'
import { readGraphSummary } from '../../../storage/graph-summary.ts'
import { migrate } from '../../../storage/migrate.ts'
import { ensureRoles, type RoleUrls } from '../../../storage/roles.ts'
import { openSql } from '../../../storage/sql.ts'
import { startCollector, type TestCollector } from '../../support/collector.ts'
import { readMetric } from '../../support/otlp-client.ts'
import { readResidentMb } from '../../support/process.ts'
import type { World } from '../world.ts'

export type Rig = {
  readonly urls: RoleUrls
  readonly dataDir: string
  /** Starts a collector; the one before must have ended. variables: beyond those of the rig. */
  readonly start: (variables?: Readonly<Record<string, string>>) => Promise<TestCollector>
}

const SETTLE_MS_MAX = 180_000
const DAY_MS = 86_400_000
/** Of what the collector wrote, when a run fails. */
const LOG_CHARS = 2_000

export type RigOptions = {
  /** Settings of the collector beyond `npm start`'s own; a short STRAYLINE_HOLD ends a run sooner. */
  readonly settings: Readonly<Record<`STRAYLINE_${string}`, string>>
}

/** Runs `work` with a rig and takes everything away again, whatever happens. */
export async function withRig<T>(options: RigOptions, work: (rig: Rig) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(path.join(tmpdir(), 'strayline-bench-'))
  chmodSync(folder, 0o755)
  const dataDir = path.join(folder, 'data')
  let collector: TestCollector | undefined
  try {
    const { url: ownerUrl } = await startEmbedded({ dataDir, database: 'strayline' })
    await migrate(ownerUrl)
    const urls = await ensureRoles({ ownerUrl, dataDir })
    const start = async (variables: Readonly<Record<string, string>> = {}) => {
      const own = {
        STRAYLINE_LOG_LEVEL: 'warn',
        ...options.settings,
      }
      const databaseUrl = urls.collectorUrl
      collector = await startCollector({
        databaseUrl,
        dataDir,
        variables: { ...own, ...variables },
      })
      return collector
    }
    return await work({ urls, dataDir, start })
  } catch (error) {
    console.error(`the collector wrote: ${collector?.output().slice(-LOG_CHARS)}`)
    throw error
  } finally {
    await collector?.kill()
    await stopEmbedded(dataDir)
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Runs a bench: its figures are the JSON line, an error is one sentence and exit code 1. */
export async function runBench(name: string, work: () => Promise<object>): Promise<void> {
  console.error(`${name}: load average ${loadavg().map((load) => load.toFixed(1))} at the start`)
  try {
    const figures = await work()
    console.error(`${name}: load average ${loadavg().map((load) => load.toFixed(1))} at the end`)
    console.log(JSON.stringify({ bench: name, ...figures }))
  } catch (error) {
    console.error(`${name}: ${error instanceof Error ? error.message : error}`)
    process.exitCode = 1
  }
}

export type Truth = { readonly calls: Float64Array; readonly errors: Float64Array }

/**
 * Waits until every span sent is final and committed, then compares. Errors: rejects when the graph is not
 * the truth, when a span came twice or left early, and when it takes too long.
 */
export async function checkGraph(
  { urls }: Rig,
  collector: TestCollector,
  sent: { readonly spans: number; readonly world: World; readonly truths: readonly Truth[] },
): Promise<void> {
  await untilMetrics(collector, { accepted: sent.spans, pending: 0 }, SETTLE_MS_MAX)
  for (const name of ['spans_duplicate_total', 'spans_evicted_early_total', 'state_lost']) {
    const value = await readMetric(collector.httpUrl, `strayline_${name}`)
    if (value !== 0) throw new Error(`${name} is ${value}`)
  }
  const sql = openSql({ url: urls.ownerUrl, applicationName: 'strayline-bench', connectionsMax: 1 })
  try {
    const nowMs = Date.now()
    const window = { environment: 'production', fromMs: nowMs - DAY_MS, toMs: nowMs + DAY_MS / 24 }
    const graph = await readGraphSummary(sql, window)
    const found = new Map(
      graph.edges.map(({ source, target, calls, errors }) => {
        const name = `${source.kind} ${source.name} -> ${target.kind} ${target.name}`
        return [name, { calls, errors }]
      }),
    )
    compareEdges(sent.world, sent.truths, found)
  } finally {
    await sql.end()
  }
}

function compareEdges(
  world: World,
  truths: readonly Truth[],
  found: ReadonlyMap<string, { readonly calls: number; readonly errors: number }>,
): void {
  let edges = 0
  world.edges.forEach((edge, i) => {
    const sum = (of: keyof Truth) => truths.reduce((total, truth) => total + truth[of][i]!, 0)
    const { calls = 0, errors = 0 } = found.get(edge) ?? {}
    if (calls !== sum('calls') || errors !== sum('errors'))
      throw new Error(`${edge}: ${calls} calls of ${sum('calls')}, ${errors} errors`)
    if (calls > 0) edges++
  })
  if (found.size !== edges) throw new Error(`${found.size} edges of ${edges}`)
}

/** Waits until so many spans were folded, nothing waits for its commit, and at most `pending` are pending. */
export async function untilMetrics(
  { httpUrl }: TestCollector,
  wanted: { readonly accepted: number; readonly pending?: number },
  waitMs: number,
): Promise<void> {
  const startMs = performance.now()
  for (;;) {
    const accepted = (await readMetric(httpUrl, 'strayline_spans_accepted_total')) ?? 0
    const pending = (await readMetric(httpUrl, 'strayline_spans_pending')) ?? 0
    const lagSeconds = await readMetric(httpUrl, 'strayline_commit_lag_seconds')
    if (accepted > wanted.accepted) throw new Error(`${accepted} of ${wanted.accepted} spans`)
    const isFinal = wanted.pending === undefined || pending <= wanted.pending
    if (accepted === wanted.accepted && isFinal && lagSeconds === 0) return
    if (performance.now() - startMs > waitMs)
      throw new Error(`${accepted} of ${wanted.accepted} spans folded, ${pending} are pending`)
    await sleep(50)
  }
}

/** Samples a collector's memory every second until it is stopped or has ended: MB, in order. */
export function sampleResident(collector: TestCollector): {
  readonly stop: () => readonly number[]
} {
  const samples = [readResidentMb(collector.pid)]
  const timer = setInterval(() => samples.push(readResidentMb(collector.pid)), 1_000)
  const stop = () => {
    clearInterval(timer)
    return samples
  }
  void collector.exited.then(stop)
  return { stop }
}

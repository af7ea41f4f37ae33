// Services with versions, deployed and called, through the real decoder and fold into real commits: each step is what
// a collector would do, at a time that the test says.
import { advanceFold, createFold, foldBatch, takeDelta } from '../../core/fold/fold.ts'
import { DEFAULT_FOLD_OPTIONS } from '../../core/fold/options.ts'
import { commitDelta, createCommitter } from '../../storage/commit.ts'
import { batchOf, span, type TestSpan } from '../support/spans.ts'
import type { World } from './world.ts'

/** Longer than the fold holds a trace that is quiet. */
const SETTLE_MS = 40_000
export const MINUTE_MS = 60_000

export type Made = {
  readonly source: string
  /** A service, or a host that no service answers for. */
  readonly target: string
  readonly version: string
  /** Defaults to GET /. */
  readonly operation?: string
}

export type Fleet = {
  /** Unix ms; never goes back. */
  nowMs: number
  /** Makes these calls now, and lets them become final. */
  readonly call: (calls: readonly Made[]) => Promise<void>
  /** Lets time pass. */
  readonly wait: (durationMs: number) => void
}

export function createFleet(world: World, startMs: number): Fleet {
  const fold = createFold(DEFAULT_FOLD_OPTIONS)
  const committer = createCommitter(world.collector)
  let [offset, trace] = [0n, 1]
  const commit = async (nowMs: number) => {
    const delta = takeDelta(fold)
    const position = { journalId: 'fleet', offset: ++offset }
    await commitDelta(committer, { delta, position, counters: {}, nowMs })
  }
  const fleet: Fleet = {
    nowMs: startMs,
    call: async (calls) => {
      foldBatch(fold, batchOf(calls.flatMap((made) => spansOf(made, trace++))), fleet.nowMs)
      await commit(fleet.nowMs)
      advanceFold(fold, fleet.nowMs + SETTLE_MS)
      fleet.nowMs += SETTLE_MS
      await commit(fleet.nowMs)
    },
    wait: (durationMs) => {
      fleet.nowMs += durationMs
    },
  }
  return fleet
}

/** Both halves of a call between services; of one to elsewhere only the caller's. */
export function spansOf(
  { source, target, version, operation = 'GET /' }: Made,
  trace: number,
): readonly TestSpan[] {
  const resource = { 'service.version': version, 'deployment.environment.name': 'prod' }
  const [method = 'GET', route = '/'] = operation.split(' ')
  const isOutside = target.includes('.')
  const attributes = { 'http.request.method': method, 'http.route': route }
  const client = span({
    ...{ trace, id: 1, service: source, kind: 'client', resource },
    attributes: { ...attributes, ...(isOutside ? { 'server.address': target } : {}) },
  })
  if (isOutside) return [client]
  const stable = { ...resource, 'service.version': 'stable' }
  return [
    client,
    span({
      trace,
      id: 2,
      parent: 1,
      service: target,
      kind: 'server',
      resource: stable,
      attributes,
    }),
  ]
}

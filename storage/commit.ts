// The one transaction in which a delta becomes visible: position, nodes, edges, operations,
// buckets, exemplars, judgement, alerts, jobs, NOTIFY. All or nothing, so counts are exact across
// kill -9. Counts may be negative: an edge whose calls return to 0 goes, and its open alert is
// withdrawn. Locks are taken in one order everywhere: position, environments, then rows sorted by
// key.
import type { GraphDelta } from '../core/graph/edge.ts'
import { nodeId } from '../core/graph/node.ts'
import { renameNodes } from '../core/graph/rename.ts'
import { withdrawForsaken } from './alert-record.ts'
import { addBuckets, type BucketRow, removeBucketsOf } from './buckets.ts'
import {
  type EdgeRow,
  endsOf,
  removeEmptyEdges,
  unjudgeBehind,
  unjudgeEdges,
  unjudgeStatedEdges,
  upsertEdges,
} from './edges.ts'
import {
  addEnvironments,
  clearRemoved,
  type HeldEnvironment,
  listRemoved,
  noteTagChange,
  shareActiveVersions,
} from './environments.ts'
import { notifySequence } from './events.ts'
import { type ExemplarRow, keepExemplars, removeExemplarsOfEmptyEdges } from './exemplars.ts'
import { isDataRefused } from './failure.ts'
import { judgeEdges } from './judge.ts'
import { leaveOutEnvironments } from './leave-out.ts'
import { readAliases } from './node-aliases.ts'
import { upsertStatedTags } from './node-tags.ts'
import { readServicesNamed, upsertNodes } from './nodes.ts'
import { operationKey, removeEmptyOperations, upsertOperations } from './operations.ts'
import { advancePosition, type Counters, type JournalPosition } from './position.ts'
import { createJudgeCache, type JudgeCache } from './prepared-baselines.ts'
import { type ArrivedBatch, copySpans } from './spans.ts'
import type { Query, Sql } from './sql.ts'
import { storableDelta } from './storable.ts'

/** What a collector keeps between commits. */
export type Committer = { readonly sql: Sql; readonly judged: JudgeCache }

export type Commit = {
  /** Null when only the position and the counters move. */
  readonly delta: GraphDelta | null
  /** The end of the last record that is in the delta. */
  readonly position: JournalPosition
  readonly counters: Counters
  /** Removed environments that the fold has forgotten by now; none when it is left out. */
  readonly forgotten?: readonly string[]
  /** What was folded since the last commit, to be kept whole; none when it is left out. */
  readonly spans?: readonly ArrivedBatch[]
  /** Unix ms; when alerts open, and when the position was reached. */
  readonly nowMs: number
}

export type CommitResult =
  | {
      readonly applied: true
      readonly sequence: bigint
      readonly openedAlertIds: readonly bigint[]
    }
  /** The position is not past the stored one of the same journal: it was committed before. */
  | { readonly applied: false }

export function createCommitter(sql: Sql): Committer {
  return { sql, judged: createJudgeCache() }
}

/**
 * Commits one delta with its position. Tried again with the same position it applies nothing.
 * Errors: the server's own; failure.ts isDataRefused says whether another try is in vain.
 */
export async function commitDelta(committer: Committer, commit: Commit): Promise<CommitResult> {
  const delta = commit.delta && storableDelta(commit.delta)
  return committer.sql.begin(async (tx): Promise<CommitResult> => {
    const { position, counters, forgotten = [], nowMs } = commit
    const sequence = await advancePosition(tx, position, counters, nowMs)
    if (sequence === null) return { applied: false }
    if (forgotten.length > 0) await clearRemoved(tx, forgotten)
    // Their next baseline counts its versions from 1 again.
    for (const name of forgotten) committer.judged.baselines.delete(name)
    const openedAlertIds = delta ? await writeDelta(tx, committer.judged, delta, nowMs) : []
    await copySpans(tx, commit.spans ?? [])
    await notifySequence(tx, sequence)
    return { applied: true, sequence, openedAlertIds }
  })
}

/**
 * Whether the database would take a commit; nothing of it stays. Errors: the server's own, unless it refuses
 * the data (failure.ts isDataRefused).
 */
export async function tryCommit(committer: Committer, commit: Commit): Promise<boolean> {
  const delta = commit.delta && storableDelta(commit.delta)
  const work = committer.sql.begin(async (tx) => {
    if (delta) await writeDelta(tx, createJudgeCache(), delta, commit.nowMs)
    await copySpans(tx, commit.spans ?? [])
    throw new RolledBack()
  })
  return work.catch((error: unknown) => {
    if (error instanceof RolledBack) return true
    if (isDataRefused(error)) return false
    throw error
  })
}

class RolledBack extends Error {}

async function writeDelta(
  tx: Query,
  cache: JudgeCache,
  emitted: GraphDelta,
  nowMs: number,
): Promise<readonly bigint[]> {
  if (emitted.nodes.length === 0) return []
  const { delta: held, versions } = await holdEnvironments(tx, emitted)
  if (held.nodes.length === 0) return []
  const delta = renameNodes(held, await readAliases(tx, held.nodes))
  const newServices = await findNewServices(tx, delta)
  const nodeIds = await upsertNodes(tx, delta.nodes)
  // The clock judges again what hangs on a tag: what two instances state differently must not stop every commit.
  const tagged = await upsertStatedTags(tx, delta.nodes)
  if (tagged.length > 0) await noteTagChange(tx, tagged)
  const edges = delta.edges.map((edge): EdgeRow => {
    const source = delta.nodes[edge.source]
    const target = delta.nodes[edge.target]
    if (!source || !target) throw new Error('an edge delta names a node that is not in the delta')
    const [sourceId, targetId] = [nodeIds.get(nodeId(source)), nodeIds.get(nodeId(target))]
    if (!sourceId || !targetId) throw new Error('a node was stored under another name')
    return { ...edge, environment: source.environment, sourceId, targetId }
  })
  const written = edges.length > 0 ? await writeEdges(tx, delta, edges) : NOTHING_WRITTEN
  const unjudged = newServices.length > 0 ? await unjudgeStatedEdges(tx, newServices) : []
  const opened = await judgeEdges(tx, cache, {
    edgeIds: [...written.ids, ...unjudged],
    thinned: written.thinned,
    ...{ newServices, versions, nowMs },
  })
  // Last: what another edge of this delta stands for by now was not disproved.
  if (written.forsaken.length > 0) await withdrawForsaken(tx, written.forsaken, nowMs)
  return opened
}

type WrittenEdges = {
  readonly ids: readonly bigint[]
  /** Environments in which edges came to an end. */
  readonly thinned: ReadonlySet<string>
  /** Alerts behind which such an edge stood. */
  readonly forsaken: readonly bigint[]
}

const NOTHING_WRITTEN: WrittenEdges = { ids: [], thinned: new Set(), forsaken: [] }

type HeldDelta = {
  readonly delta: GraphDelta
  readonly versions: ReadonlyMap<string, HeldEnvironment>
}

/**
 * Holds the environments of a delta, new ones made, and leaves out what is still emitted of removed
 * ones. Held first: a removal that came before is then seen, and none comes between.
 */
async function holdEnvironments(tx: Query, emitted: GraphDelta): Promise<HeldDelta> {
  const names = [...new Set(emitted.nodes.map((node) => node.environment))]
  const held = await shareActiveVersions(tx, names)
  const removed = new Set(await listRemoved(tx))
  const isLeftOut = names.some((name) => removed.has(name))
  const delta = isLeftOut ? leaveOutEnvironments(emitted, removed) : emitted
  const missing = names.filter((name) => !held.has(name) && !removed.has(name))
  if (missing.length === 0) return { delta, versions: held }
  await addEnvironments(tx, missing)
  return { delta, versions: await shareActiveVersions(tx, names) }
}

/** Services of this delta whose own spans are seen for the first time. */
async function findNewServices(tx: Query, delta: GraphDelta) {
  const observed = delta.nodes.filter((node) => node.kind === 'service' && node.isObserved)
  if (observed.length === 0) return []
  const known = await readServicesNamed(tx, observed)
  const seen = new Set(known.filter((node) => node.isObserved).map(nodeId))
  return observed.filter((node) => !seen.has(nodeId(node)))
}

async function writeEdges(
  tx: Query,
  delta: GraphDelta,
  edges: readonly EdgeRow[],
): Promise<WrittenEdges> {
  const ids = await upsertEdges(tx, edges)
  const idOf = (edge: EdgeRow) => ids.get(endsOf(edge)) ?? 0n
  await writeBuckets(tx, edges, idOf)
  await keepExemplars(tx, exemplarRows(delta, edges, idOf), delta.exemplars)
  const shrunk = edges.filter((edge) => edge.calls <= 0).map(idOf)
  const thinned = new Set<string>()
  let twinIds: readonly bigint[] = []
  let forsaken: readonly bigint[] = []
  if (shrunk.length > 0) {
    await removeExemplarsOfEmptyEdges(tx, shrunk)
    const removed = await removeEmptyEdges(tx, shrunk)
    const removedIds = removed.map((edge) => edge.id)
    if (removed.length > 0) await removeBucketsOf(tx, removedIds)
    for (const edge of removed) thinned.add(edge.environment)
    forsaken = removed.flatMap((edge) => (edge.alertId === null ? [] : [edge.alertId]))
    // Those that were one edge with them are less than they were.
    if (forsaken.length > 0) twinIds = await unjudgeBehind(tx, forsaken)
  }
  return { ids: [...ids.values(), ...twinIds], thinned, forsaken }
}

async function writeBuckets(
  tx: Query,
  edges: readonly EdgeRow[],
  idOf: (edge: EdgeRow) => bigint,
): Promise<void> {
  const operations = edges.flatMap((edge) => sumByOperation(edge, idOf(edge)))
  if (operations.length === 0) return
  const { ids, widenedEdgeIds } = await upsertOperations(tx, operations)
  if (widenedEdgeIds.length > 0) await unjudgeEdges(tx, widenedEdgeIds)
  const buckets = edges.flatMap((edge) =>
    edge.buckets.map((bucket): BucketRow => {
      const edgeId = idOf(edge)
      const operationId = ids.get(operationKey({ edgeId, name: bucket.operation })) ?? 0n
      return { ...bucket, edgeId, operationId }
    }),
  )
  await addBuckets(tx, buckets)
  const shrunk = buckets.filter((bucket) => bucket.calls <= 0)
  if (shrunk.length === 0) return
  const operationIds = shrunk.map((bucket) => bucket.operationId)
  const narrowedEdgeIds = await removeEmptyOperations(tx, operationIds)
  if (narrowedEdgeIds.length > 0) await unjudgeEdges(tx, narrowedEdgeIds)
}

function sumByOperation(edge: EdgeRow, edgeId: bigint) {
  const sums = new Map<string, { edgeId: bigint; name: string; calls: number; errors: number }>()
  for (const bucket of edge.buckets) {
    const name = bucket.operation
    const sum = sums.get(name) ?? { edgeId, name, calls: 0, errors: 0 }
    sum.calls += bucket.calls
    sum.errors += bucket.errors
    sums.set(name, sum)
  }
  return [...sums.values()]
}

function exemplarRows(
  delta: GraphDelta,
  edges: readonly EdgeRow[],
  idOf: (edge: EdgeRow) => bigint,
): ExemplarRow[] {
  const startMs = new Map(delta.exemplars.map((trace) => [trace.traceId, trace.startMs]))
  return edges.flatMap((edge) =>
    edge.exemplars.flatMap(({ traceId, operation }) => {
      const start = startMs.get(traceId)
      return start === undefined ? [] : [{ edgeId: idOf(edge), traceId, operation, startMs: start }]
    }),
  )
}

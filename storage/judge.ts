// Judges stored edges against the active baseline of their environment: in the commit (edges just
// touched) and when a version becomes active (edges of the last day). Both are idempotent by the
// alert's key. Names are resolved here, on both sides, because what they mean may change.
import { plainEntry } from '../core/baseline/content.ts'
import type { ObservedEdge } from '../core/baseline/drift.ts'
import { judgeEdge } from '../core/baseline/judge.ts'
import { type Baseline, prepareBaseline } from '../core/baseline/prepare.ts'
import type { EdgeKey } from '../core/graph/edge.ts'
import { type NodeKey, nodeId } from '../core/graph/node.ts'
import { type ResolvableNode, resolveNodes } from '../core/graph/resolve.ts'
import {
  type FoundDrift,
  hashSubject,
  openAlerts,
  readStandingAlerts,
  withdrawForsaken,
} from './alert-record.ts'
import { readEntries } from './baseline-record.ts'
import { type Judgement, writeJudgements } from './edges.ts'
import { readServicesNamed } from './nodes.ts'
import type { Query } from './sql.ts'
import { readUnjudged, type UnjudgedEdge } from './unjudged-edges.ts'

type CachedBaseline = {
  readonly version: number
  readonly entries: readonly EdgeKey[]
  /** What the stated names among the entries resolved to when `baseline` was built. */
  resolution: string
  baseline: Baseline | null
}

/**
 * Baselines by environment, kept between commits by the caller. A version never changes, so it
 * cannot go stale.
 */
export type BaselineCache = Map<string, CachedBaseline>

export type JudgeRequest = {
  readonly edgeIds: readonly bigint[]
  /** Active versions, which the transaction holds. */
  readonly versions: ReadonlyMap<string, number | null>
  readonly nowMs: number
}

/** Judges those of the edges that need it; returns the ids of alerts that opened. */
export async function judgeEdges(
  tx: Query,
  cache: BaselineCache,
  request: JudgeRequest,
): Promise<readonly bigint[]> {
  if (![...request.versions.values()].some((version) => version !== null)) return []
  const edges = await readUnjudged(tx, request.edgeIds)
  if (edges.length === 0) return []
  const entries = new Map<string, CachedBaseline>()
  for (const environment of new Set(edges.map((edge) => edge.environment))) {
    const version = request.versions.get(environment)
    if (version) entries.set(environment, await loadBaseline(tx, cache, environment, version))
  }
  const resolved = await resolveFor(tx, edges, [...entries.values()])
  return settle(tx, edges, findDrifts(edges, entries, resolved), request)
}

async function loadBaseline(
  tx: Query,
  cache: BaselineCache,
  environment: string,
  version: number,
): Promise<CachedBaseline> {
  const known = cache.get(environment)
  if (known?.version === version) return known
  const entries = await readEntries(tx, environment, version)
  const loaded: CachedBaseline = { version, entries, resolution: '', baseline: null }
  cache.set(environment, loaded)
  return loaded
}

/** Canonical identities of every end of the edges and of the baselines' entries. */
async function resolveFor(
  tx: Query,
  edges: readonly UnjudgedEdge[],
  baselines: readonly CachedBaseline[],
): Promise<ReadonlyMap<string, NodeKey>> {
  const entryEnds = baselines.flatMap(({ entries }) => entries.flatMap((each) => endsOf(each)))
  const nodes = new Map<string, ResolvableNode>()
  for (const node of entryEnds) nodes.set(nodeId(node), { ...node, isObserved: false })
  for (const node of edges.flatMap((edge) => [edge.source, edge.target]))
    nodes.set(nodeId(node), node)
  const stated = [...nodes.values()].filter(
    (node) => node.kind === 'service' && node.namespace === '' && !node.isObserved,
  )
  if (stated.length > 0)
    for (const service of await readServicesNamed(tx, stated)) nodes.set(nodeId(service), service)
  return resolveNodes(nodes.values())
}

const endsOf = (edge: EdgeKey): NodeKey[] => [edge.source, edge.target]

type Verdict = { readonly edge: UnjudgedEdge; readonly version: number; drift: FoundDrift | null }

function findDrifts(
  edges: readonly UnjudgedEdge[],
  baselines: ReadonlyMap<string, CachedBaseline>,
  resolved: ReadonlyMap<string, NodeKey>,
): readonly Verdict[] {
  const verdicts: Verdict[] = []
  for (const edge of edges) {
    const cached = baselines.get(edge.environment)
    if (!cached) continue // approved only after this transaction read the versions
    const key = resolveEdge(edge, resolved)
    const baseline = buildBaseline(edge.environment, cached, resolved)
    const drift = judgeEdge({ ...key, ...UNSEEN }, baseline, NO_CONTEXT)
    const { environment } = edge
    const { version } = cached
    verdicts.push({ edge, version, drift: drift && { ...drift, environment, version, edge: key } })
  }
  return verdicts
}

/** Entries allow anything so far, so nothing of what was seen over an edge can matter. */
const UNSEEN: Omit<ObservedEdge, keyof EdgeKey> = {
  ...{ protocol: 'other', operations: [], ports: [], examples: [] },
  ...{ calls: 1, tlsCalls: 0, plainCalls: 0, firstSeenMs: 0, lastSeenMs: 0 },
}
const NO_CONTEXT = { nowMs: 0, tags: new Map(), rollouts: new Map(), paths: null } as const

/** Built anew only when a stated name among its entries has come to mean something else. */
function buildBaseline(
  environment: string,
  cached: CachedBaseline,
  resolved: ReadonlyMap<string, NodeKey>,
): Baseline {
  const stated = cached.entries
    .flatMap(endsOf)
    .filter((node) => node.kind === 'service' && node.namespace === '')
  const resolution = stated.map((node) => resolved.get(nodeId(node))?.namespace ?? '').join('\0')
  if (!cached.baseline || cached.resolution !== resolution) {
    const entries = cached.entries.map((entry) => plainEntry(resolveEdge(entry, resolved)))
    const content = { environment, entries, rules: [], nodes: [] }
    cached.baseline = prepareBaseline(content, { version: cached.version, holdsQuarantined: false })
    cached.resolution = resolution
  }
  return cached.baseline
}

function resolveEdge(edge: EdgeKey, resolved: ReadonlyMap<string, NodeKey>): EdgeKey {
  return {
    source: resolved.get(nodeId(edge.source)) ?? edge.source,
    target: resolved.get(nodeId(edge.target)) ?? edge.target,
  }
}

async function settle(
  tx: Query,
  edges: readonly UnjudgedEdge[],
  verdicts: readonly Verdict[],
  request: JudgeRequest,
): Promise<readonly bigint[]> {
  const drifts = new Map<string, FoundDrift>()
  for (const { drift } of verdicts) if (drift) drifts.set(subjectKey(drift), drift)
  const found = [...drifts.values()]
  const opened = found.length > 0 ? await openAlerts(tx, found, request.nowMs) : []
  const standing = found.length > 0 ? await readStandingAlerts(tx, found) : new Map()
  const judgements = verdicts.map(({ edge, version, drift }): Judgement => {
    const alertId = drift ? (standing.get(subjectKey(drift)) ?? null) : null
    return { edgeId: edge.id, version, alertId }
  })
  await writeJudgements(tx, judgements)
  const left = edges.flatMap((edge) => (edge.alertId === null ? [] : [edge.alertId]))
  if (left.length > 0) await withdrawForsaken(tx, left, request.nowMs)
  return opened
}

function subjectKey(drift: FoundDrift): string {
  return `${drift.environment} ${hashSubject(drift.subject)}`
}

// The map as plain data: the graph of one environment and window held against its active baseline and
// its alerts. Built on the server, sent to the page and by /api/v1/graph, drawn and listed from here.
import type { STANDING_STATES } from '../../core/baseline/alert-state.ts'
import { type DriftKind, edgeSubject } from '../../core/baseline/drift.ts'
import { type Baseline, isHeld, type Moment } from '../../core/baseline/prepare.ts'
import { isConfirmed, type Protocol, type Trust } from '../../core/graph/edge.ts'
import type {
  CountedEdge,
  EncryptionCounts,
  Estimate,
  GraphNode,
  GraphSummary,
  SummaryEdge,
} from '../../core/graph/graph.ts'
import { compareNodes, nodeId } from '../../core/graph/node.ts'
import type { Settling } from './settling.ts'

/**
 * How an edge stands to the active baseline. `neutral`: there is none yet. `new`: it strays, by being
 * new or in another way (driftKind).
 */
export type EdgeStanding = 'neutral' | 'known' | 'new' | 'rejected'

export type MapNode = Omit<GraphNode, 'instances' | 'rollout'> & {
  /** No entry of the baseline names it and no edge of it is held, although there is a baseline. */
  readonly isNew: boolean
}

export type MapEdge = {
  readonly id: string
  /** Ids of nodes of the same view. */
  readonly sourceId: string
  readonly targetId: string
  readonly protocol: Protocol
  /** Recorded calls; the estimate counts each with its sampling weight, where one is known. */
  readonly calls: number
  readonly errors: number
  readonly estimate: Estimate | null
  readonly sampledCalls: number
  readonly firstSeenMs: number
  readonly lastSeenMs: number
  readonly p50Ms: number | null
  readonly p95Ms: number | null
  readonly trust: Trust
  /** Of the calls of all time. */
  readonly encryption: EncryptionCounts
  /** Names of its operations; null when there are too many edges to read them. */
  readonly operations: readonly string[] | null
  readonly standing: EdgeStanding
  /** Both halves of a call, or the broker between them, were seen at least once. */
  readonly isConfirmed: boolean
  /** The alert that stands for this edge, and what it is about. */
  readonly alertId: string | null
  readonly driftKind: DriftKind | null
}

export type MapBaseline = {
  readonly version: number
  readonly author: string
  readonly activatedMs: number
}

/** Whom an environment is of: real traces, the demo, or an imported file. */
export type MapOrigin = 'observed' | 'demo' | 'import'

export type MapView = {
  readonly environment: string
  readonly origin: MapOrigin
  readonly window: string
  /** The minute in which it was read, by the server's clock: unix ms. */
  readonly readAtMs: number
  readonly settling: Settling
  readonly baseline: MapBaseline | null
  readonly nodes: readonly MapNode[]
  readonly edges: readonly MapEdge[]
  /** How many are stored but hidden, because nothing was seen of them for 30 days. */
  readonly stale: GraphSummary['stale']
}

/** What the view needs to know of an alert. `subject` as core/baseline/drift.ts makes it. */
export type EdgeAlert = {
  readonly id: string
  readonly subject: string
  readonly state: (typeof STANDING_STATES)[number]
  readonly kind: DriftKind
}

export type MapInput = Pick<
  MapView,
  'environment' | 'origin' | 'window' | 'readAtMs' | 'settling'
> & {
  readonly graph: GraphSummary
  readonly baseline: {
    readonly meta: MapBaseline
    readonly judged: Baseline
    readonly moment: Moment
  } | null
  readonly alerts: readonly EdgeAlert[]
}

/** Builds the view. Edges whose ends are not in the graph are left out. Order: by source, then target. */
export function buildMapView(input: MapInput): MapView {
  const { environment, origin, window, readAtMs, settling, graph, baseline } = input
  const idByKey = new Map(graph.nodes.map((node) => [nodeId(node), node.id]))
  const alertBySubject = new Map(input.alerts.map((alert) => [alert.subject, alert]))
  const edges = graph.edges.toSorted(compareEnds).flatMap((edge) => {
    const sourceId = idByKey.get(nodeId(edge.source))
    const targetId = idByKey.get(nodeId(edge.target))
    if (sourceId === undefined || targetId === undefined) return []
    const alert = alertBySubject.get(edgeSubject(edge))
    return [toMapEdge({ edge, sourceId, targetId, baseline, alert })]
  })
  const known = baseline ? knownNodes(graph.edges, baseline) : null
  const nodes = graph.nodes.toSorted(compareNodes).map(({ instances, rollout, ...node }) => ({
    ...node,
    isNew: known !== null && !known.has(nodeId(node)),
  }))
  return {
    ...{ environment, origin, window, readAtMs, settling, nodes, edges, stale: graph.stale },
    baseline: baseline?.meta ?? null,
  }
}

/** Named by an entry, or at an edge that a rule holds. */
function knownNodes(
  edges: readonly CountedEdge[],
  { judged, moment }: NonNullable<MapInput['baseline']>,
): ReadonlySet<string> {
  if (judged.allowRules.length === 0) return new Set(judged.nodes.keys())
  const held = edges.filter((edge) => isHeld(edge, judged, moment))
  const ends = held.flatMap(({ source, target }) => [nodeId(source), nodeId(target)])
  return new Set([...judged.nodes.keys(), ...ends])
}

type EdgeInput = {
  readonly edge: SummaryEdge
  readonly sourceId: string
  readonly targetId: string
  readonly baseline: MapInput['baseline']
  readonly alert: EdgeAlert | undefined
}

function toMapEdge({ edge, sourceId, targetId, baseline, alert }: EdgeInput): MapEdge {
  const standing = standingOf(edge, baseline, alert)
  const isStraying = standing === 'new' || standing === 'rejected'
  return {
    id: edge.id,
    sourceId,
    targetId,
    protocol: edge.protocol,
    calls: edge.calls,
    errors: edge.errors,
    estimate: edge.estimate,
    sampledCalls: edge.sampledCalls,
    firstSeenMs: edge.firstSeenMs,
    lastSeenMs: edge.lastSeenMs,
    p50Ms: edge.p50Ms,
    p95Ms: edge.p95Ms,
    trust: edge.trust,
    encryption: edge.encryption,
    operations: edge.operationNames,
    standing,
    isConfirmed: isConfirmed(edge.trust),
    alertId: isStraying ? (alert?.id ?? null) : null,
    driftKind: isStraying ? (alert?.kind ?? null) : null,
  }
}

function standingOf(
  edge: CountedEdge,
  baseline: MapInput['baseline'],
  alert: EdgeAlert | undefined,
): EdgeStanding {
  if (baseline === null) return 'neutral'
  if (alert) return alert.state === 'rejected' ? 'rejected' : 'new'
  return isHeld(edge, baseline.judged, baseline.moment) ? 'known' : 'new'
}

function compareEnds(a: CountedEdge, b: CountedEdge): number {
  return compareNodes(a.source, b.source) || compareNodes(a.target, b.target)
}

/** Counts for the line under the map's title. */
export function countView(view: MapView): {
  readonly nodes: number
  readonly edges: number
  readonly newEdges: number
  readonly rejectedEdges: number
} {
  return {
    nodes: view.nodes.length,
    edges: view.edges.length,
    newEdges: view.edges.filter((edge) => edge.standing === 'new').length,
    rejectedEdges: view.edges.filter((edge) => edge.standing === 'rejected').length,
  }
}

// Learning: a draft from what was seen. What one attacker could have slipped in (one trace, one caller
// instance, the last hour) is put into quarantine, where it holds nothing until a person says so.
import { compareEdges } from '../graph/from-delta.ts'
import { compareNodes, compareText, nodeId } from '../graph/node.ts'
import {
  type BaselineContent,
  type BaselineEntry,
  plainEntry,
  QUARANTINE_REASONS,
  type QuarantineReason,
  type TaggedNode,
} from './content.ts'
import type { EdgeEvidence, Evidence, NodeEvidence } from './evidence.ts'

export type LearnOptions = {
  readonly environment: string
  /** What was watched, unix ms; null: from the first call to the last. */
  readonly window: { readonly fromMs: number; readonly toMs: number } | null
  /** What entries are to be narrowed to: nothing but what was seen is allowed then. */
  readonly pins: {
    readonly protocols: boolean
    readonly operations: boolean
    readonly ports: boolean
  }
}

const HOUR_MS = 3_600_000

/**
 * The edges of the environment as entries, its observed services without edges as entries to
 * themselves, and what its nodes are tagged with; sorted. evidence: of any environments, any order.
 */
export function learnBaseline(evidence: Evidence, options: LearnOptions): BaselineContent {
  const { environment } = options
  const edges = evidence.edges.filter((edge) => edge.source.environment === environment)
  const nodes = evidence.nodes.filter((node) => node.environment === environment)
  const connected = new Set(
    evidence.edges.flatMap(({ source, target }) => [source, target].map(nodeId)),
  )
  const alone = nodes.filter(
    (node) => node.kind === 'service' && node.isObserved && !connected.has(nodeId(node)),
  )
  const doubts: Doubts = {
    recentMs: startOfLastHour(edges, options),
    scaledOut: new Set(nodes.filter((node) => node.instances.length > 1).map(nodeId)),
  }
  const entries = [
    ...edges.map((edge) => edgeEntry(edge, options.pins, quarantineOf(edge, doubts))),
    ...alone.map((node) => aloneEntry(node, doubts)),
  ]
  return {
    environment,
    entries: entries.sort(compareEdges),
    rules: [],
    nodes: nodes.filter(isTagged).map(tagsOnly).sort(compareNodes),
  }
}

type Doubts = {
  /** What was seen first at or after it was seen in the last hour only. */
  readonly recentMs: number
  /** nodeId of services with several instances. */
  readonly scaledOut: ReadonlySet<string>
}

/** Infinite where too little was watched to tell what is usual. */
function startOfLastHour(edges: readonly EdgeEvidence[], { window }: LearnOptions): number {
  let [fromMs, toMs] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  for (const { firstSeenMs, lastSeenMs } of edges) {
    fromMs = Math.min(fromMs, firstSeenMs)
    toMs = Math.max(toMs, lastSeenMs)
  }
  fromMs = Math.max(fromMs, window?.fromMs ?? fromMs)
  toMs = Math.min(toMs, window?.toMs ?? toMs)
  return toMs - fromMs > 2 * HOUR_MS ? toMs - HOUR_MS : Number.POSITIVE_INFINITY
}

function quarantineOf(edge: EdgeEvidence, { recentMs, scaledOut }: Doubts): QuarantineReason[] {
  const isOneInstance = edge.callerInstances.length === 1 && scaledOut.has(nodeId(edge.source))
  const doubts: { readonly [reason in QuarantineReason]: boolean } = {
    one_trace: edge.calls === 1 || edge.traces.length === 1,
    one_instance: isOneInstance,
    last_hour: edge.firstSeenMs >= recentMs,
  }
  return QUARANTINE_REASONS.filter((reason) => doubts[reason])
}

function edgeEntry(
  edge: EdgeEvidence,
  pins: LearnOptions['pins'],
  quarantine: readonly QuarantineReason[],
): BaselineEntry {
  return {
    ...plainEntry(edge),
    protocols: pins.protocols ? [edge.protocol] : null,
    operations: pins.operations ? edge.operations.toSorted(compareText) : null,
    ports: pins.ports ? edge.ports.toSorted((a, b) => a - b) : null,
    isEncrypted: edge.tlsCalls > 0 && edge.plainCalls === 0,
    quarantine,
  }
}

function aloneEntry(node: NodeEvidence, { recentMs }: Doubts): BaselineEntry {
  const { environment, kind, namespace, name } = node
  const key = { environment, kind, namespace, name }
  const quarantine = node.firstSeenMs >= recentMs ? (['last_hour'] as const) : []
  return { ...plainEntry({ source: key, target: key }), quarantine }
}

function isTagged({ owner, dataClasses, exposure, layer }: NodeEvidence): boolean {
  return dataClasses.length > 0 || [owner, exposure, layer].some((text) => text !== '')
}

function tagsOnly(node: NodeEvidence): TaggedNode {
  const { environment, kind, namespace, name, owner, dataClasses, exposure, layer } = node
  return { environment, kind, namespace, name, owner, dataClasses, exposure, layer }
}

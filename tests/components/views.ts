// Views as tests speak of them: a few named nodes and edges, everything else with a plain value.

import { buildMapView, type EdgeAlert, type MapView } from '../../components/map/map-view.ts'
import { type BaselineRule, plainEntry } from '../../core/baseline/content.ts'
import { prepareBaseline } from '../../core/baseline/prepare.ts'
import { TRUST_RULES, type Trust, type TrustRule } from '../../core/graph/edge.ts'
import type { GraphEdge, GraphNode } from '../../core/graph/graph.ts'
import type { NodeKey, NodeKind } from '../../core/graph/node.ts'
import { tagsFrom } from '../../core/graph/tags.ts'

const ENVIRONMENT = 'test'

export function key(name: string, kind: NodeKind = 'service', namespace = ''): NodeKey {
  return { environment: ENVIRONMENT, kind, namespace, name }
}

export function node(id: string, identity: NodeKey): GraphNode {
  return {
    ...identity,
    id,
    firstSeenMs: 1000,
    lastSeenMs: 2000,
    isObserved: identity.kind === 'service',
    versions: [],
    instances: [],
    tags: tagsFrom([]),
    rollout: null,
    isSampledOnly: false,
    unattributedCalls: 0,
  }
}

export function trust(rule: TrustRule, calls = 1): Trust {
  const none = Object.fromEntries(TRUST_RULES.map((name) => [name, 0])) as Record<TrustRule, number>
  return { ...none, [rule]: calls }
}

export function edge(
  id: string,
  source: NodeKey,
  target: NodeKey,
  by = trust('paired'),
): GraphEdge {
  return {
    id,
    source,
    target,
    protocol: 'http',
    calls: 1,
    errors: 0,
    estimate: null,
    sampledCalls: 0,
    firstSeenMs: 1000,
    lastSeenMs: 2000,
    trust: by,
    encryption: { tlsCalls: 0, plainCalls: 0 },
    callerInstances: [],
    traces: [],
    examples: [],
    hosts: [],
    ports: [],
    operations: [],
    p50Ms: null,
    p95Ms: null,
  }
}

export type ViewParts = {
  readonly nodes: readonly GraphNode[]
  readonly edges: readonly GraphEdge[]
  /** Ids of the edges that the baseline holds; without it there is no baseline. */
  readonly approved?: readonly string[]
  readonly rules?: readonly BaselineRule[]
  readonly alerts?: readonly EdgeAlert[]
}

export function viewOf({ nodes, edges, approved, rules = [], alerts = [] }: ViewParts): MapView {
  const entries = edges.filter((one) => approved?.includes(one.id)).map(plainEntry)
  const content = { environment: ENVIRONMENT, entries, rules, nodes: [] }
  return buildMapView({
    ...{ environment: ENVIRONMENT, origin: 'observed', window: '24h', readAtMs: 3000 },
    settling: { edges: edges.length, newestMs: 1000, settledAfterMs: 35_000 },
    graph: {
      nodes,
      edges: edges.map((one) => ({
        ...one,
        operationNames: one.operations.map(({ name }) => name),
      })),
      stale: { nodes: 0, edges: 0 },
    },
    baseline: approved
      ? {
          judged: prepareBaseline(content, { version: 3, holdsQuarantined: false }),
          moment: { nowMs: 2000, tags: new Map() },
          meta: { version: 3, author: 'ada@example.org', activatedMs: 1500 },
        }
      : null,
    alerts,
  })
}

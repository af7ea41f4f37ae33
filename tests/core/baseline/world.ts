// Baselines and edges as the tests speak of them: a few names, everything else with a plain value.
import type { BaselineEntry, BaselineRule, Tags } from '../../../core/baseline/content.ts'
import type { Drift, ObservedEdge } from '../../../core/baseline/drift.ts'
import { inventoryOf } from '../../../core/baseline/inventory.ts'
import { judgeGraph } from '../../../core/baseline/judge.ts'
import { prepareBaseline } from '../../../core/baseline/prepare.ts'
import type { Rollouts } from '../../../core/baseline/reasons.ts'
import type { EdgeKey } from '../../../core/graph/edge.ts'
import type { NodeKey, NodeKind } from '../../../core/graph/node.ts'
import { tagsFrom } from '../../../core/graph/tags.ts'

export const NOW_MS = Date.UTC(2026, 10, 22, 12)

export function node(name: string, kind: NodeKind = 'service', namespace = ''): NodeKey {
  return { environment: 'prod', kind, namespace, name }
}

export function edge(
  source: NodeKey,
  target: NodeKey,
  seen: Partial<ObservedEdge> = {},
): ObservedEdge {
  return {
    ...{ source, target, protocol: 'http', operations: [], ports: [] },
    ...{ calls: 10, tlsCalls: 0, plainCalls: 0, examples: [] },
    ...{ firstSeenMs: NOW_MS - 60_000, lastSeenMs: NOW_MS },
    ...seen,
  }
}

export type World = {
  readonly entries?: readonly BaselineEntry[]
  readonly rules?: readonly BaselineRule[]
  readonly tags?: readonly (readonly [NodeKey, Partial<Tags>])[]
  readonly live?: readonly ObservedEdge[]
  readonly services?: readonly NodeKey[]
  readonly rollouts?: Rollouts
  readonly version?: number | null
  readonly holdsQuarantined?: boolean
  readonly nowMs?: number
}

/** What the judge needs of a world. */
export function prepare(world: World) {
  const { entries = [], rules = [], version = 7, holdsQuarantined = false } = world
  const content = { environment: 'prod', entries, rules, nodes: [] }
  const tags = (world.tags ?? []).map(([key, said]) => ({ ...key, ...tagsFrom([]), ...said }))
  return {
    baseline: prepareBaseline(content, { version, holdsQuarantined }),
    moment: {
      nowMs: world.nowMs ?? NOW_MS,
      tags: inventoryOf(tags),
      rollouts: world.rollouts ?? new Map(),
    },
  }
}

export function judge(world: World): readonly Drift[] {
  const { baseline, moment } = prepare(world)
  const nodes = (world.services ?? []).map((key) => ({ ...key, isObserved: true }))
  return judgeGraph({ edges: world.live ?? [], nodes }, baseline, moment)
}

/** `kind source>target`, the first line of each drift. */
export function tell(drifts: readonly Drift[]): readonly string[] {
  return drifts.map((drift) => `${drift.kind} ${arrow(drift)}`)
}

export function arrow({
  edge: key,
  node: alone,
}: {
  edge: EdgeKey | null
  node: NodeKey | null
}): string {
  return key ? `${key.source.name}>${key.target.name}` : (alone?.name ?? '')
}

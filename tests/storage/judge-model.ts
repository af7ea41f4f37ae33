// What the alerts must be, kept by the simplest means: after each step all is judged anew, by the core alone.
import type { BaselineContent } from '../../core/baseline/content.ts'
import {
  DRIFT_KINDS,
  type Drift,
  type DriftKind,
  edgeId,
  type ObservedEdge,
} from '../../core/baseline/drift.ts'
import { inventoryOf } from '../../core/baseline/inventory.ts'
import { judgeGraph } from '../../core/baseline/judge.ts'
import { prepareBaseline } from '../../core/baseline/prepare.ts'
import type { NodeKey } from '../../core/graph/node.ts'
import { externalDomain } from '../../core/graph/resolve.ts'
import type { Call } from './delta.ts'
import { NOW_MS } from './judged.ts'

/** The identity that a baseline holds. */
export const resolve = (node: NodeKey): NodeKey =>
  node.kind === 'external' ? { ...node, name: externalDomain(node.name) } : node

/** One stored edge. */
type Counted = {
  readonly call: Call
  calls: number
  tls: number
  plain: number
  readonly operations: Map<string, number>
  readonly ports: Set<number>
}

type Told = { kind: DriftKind; state: 'open' | 'accepted' | 'withdrawn'; events: string[] }

export class Model {
  readonly edges = new Map<string, Counted>()
  readonly counted: Call[] = []
  readonly versions: BaselineContent[] = []
  readonly tags = new Map<string, { node: NodeKey; classes: readonly string[] }>()
  readonly told = new Map<string, Told>()
  nowMs = NOW_MS
  active: BaselineContent | null = null

  count(given: Call): void {
    const id = edgeId(given)
    const known = this.edges.get(id) ?? {
      ...{ call: given, calls: 0, tls: 0, plain: 0 },
      ...{ operations: new Map<string, number>(), ports: new Set<number>() },
    }
    known.calls += given.calls
    known.tls += given.tlsCalls
    known.plain += given.plainCalls
    known.operations.set(
      given.operation,
      (known.operations.get(given.operation) ?? 0) + given.calls,
    )
    for (const port of given.ports) known.ports.add(port)
    this.edges.set(id, known)
  }

  judge(): readonly Drift[] {
    if (!this.active) return []
    const groups = Map.groupBy(
      [...this.edges.values()].filter(({ calls }) => calls > 0),
      ({ call: { source, target } }) => edgeId({ source, target: resolve(target) }),
    )
    const edges = [...groups.values()].map((members): ObservedEdge => {
      const { source, target } = members[0]!.call
      const sum = (of: (member: Counted) => number) =>
        members.reduce((total, member) => total + of(member), 0)
      const operations = members.flatMap((member) =>
        [...member.operations].filter(([, calls]) => calls > 0).map(([name]) => name),
      )
      return {
        ...{ source, target: resolve(target), protocol: 'http', examples: [] },
        operations: [...new Set(operations)].sort(),
        ports: [...new Set(members.flatMap(({ ports }) => [...ports]))].sort((a, b) => a - b),
        calls: sum(({ calls }) => calls),
        tlsCalls: sum(({ tls }) => tls),
        plainCalls: sum(({ plain }) => plain),
        ...{ firstSeenMs: NOW_MS, lastSeenMs: NOW_MS },
      }
    })
    const tagged = [...this.tags.values()].map(({ node, classes }) => ({
      ...{ ...node, owner: '', dataClasses: classes, exposure: '', layer: '' },
    }))
    const version = this.versions.length
    const baseline = prepareBaseline(this.active, { version, holdsQuarantined: false })
    const moment = { nowMs: this.nowMs, tags: inventoryOf(tagged), rollouts: new Map() }
    return judgeGraph({ edges, nodes: [] }, baseline, moment)
  }

  /** closing: what becomes of an alert whose drift is gone. */
  settle(closing: 'accepted' | 'withdrawn'): void {
    const drifts = new Map(this.judge().map((drift) => [drift.subject, drift]))
    for (const [subject, { kind }] of drifts) {
      const known = this.told.get(subject)
      if (!known) this.told.set(subject, { kind, state: 'open', events: ['opened'] })
      else {
        if (known.state !== 'open') known.events.push('reopened')
        else if (kind !== known.kind)
          known.events.push(isWorse(kind, known.kind) ? 'escalated' : 'reclassified')
        known.kind = kind
        known.state = 'open'
      }
    }
    for (const [subject, known] of this.told) {
      if (drifts.has(subject) || known.state !== 'open') continue
      known.state = closing
      known.events.push(closing)
    }
  }
}

const isWorse = (kind: DriftKind, than: DriftKind) =>
  DRIFT_KINDS.indexOf(kind) < DRIFT_KINDS.indexOf(than)

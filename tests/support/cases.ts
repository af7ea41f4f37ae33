// The conformance cases (EDGES.md, executable) and the ways a case is delivered to the fold.
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import {
  advanceFold,
  createFold,
  type Fold,
  finishFold,
  foldBatch,
  takeDelta,
} from '../../core/fold/fold.ts'
import { DEFAULT_FOLD_OPTIONS, type FoldOptions } from '../../core/fold/options.ts'
import { type GraphDelta, PROTOCOLS, type Protocol } from '../../core/graph/edge.ts'
import { compareNodes, type NodeKind } from '../../core/graph/node.ts'
import { decodeOtlpJson } from '../../core/span/otlp/json.ts'

type End = { readonly kind: NodeKind; readonly name: string }
export type ExpectedEdge = {
  readonly source: End
  readonly target: End
  readonly protocol?: Protocol
  readonly calls: number
  readonly errors: number
}

type OtlpResource = { scopeSpans: { spans: unknown[] }[] }
type Otlp = { resourceSpans: OtlpResource[] }
export type ConformanceCase = {
  readonly name: string
  readonly rules: readonly string[]
  readonly description: string
  readonly otlp: Otlp
  readonly then?: readonly { readonly advance: 'none' | 'hold'; readonly otlp: Otlp }[]
  readonly expect: { readonly edges: readonly ExpectedEdge[] }
}

/** One request and whether the hold time passes before it. */
export type Delivery = { readonly isAfterHold: boolean; readonly otlp: Otlp }

export function readCases(): ConformanceCase[] {
  const folder = path.join(import.meta.dirname, '../conformance/cases')
  return readdirSync(folder)
    .filter((file) => file.endsWith('.json'))
    .sort()
    .map((file) => JSON.parse(readFileSync(path.join(folder, file), 'utf8')) as ConformanceCase)
}

export function asGiven(given: ConformanceCase): Delivery[] {
  const later = (given.then ?? []).map(({ advance, otlp }) => ({
    isAfterHold: advance === 'hold',
    otlp,
  }))
  return [{ isAfterHold: false, otlp: given.otlp }, ...later]
}

/** One span a request, in order. */
export function spanBySpan(given: ConformanceCase, isAfterHold: boolean): Delivery[] {
  return asGiven(given).flatMap(({ otlp }) =>
    otlp.resourceSpans.flatMap((resource) =>
      resource.scopeSpans.flatMap((scope) =>
        scope.spans.map((span) => ({
          isAfterHold,
          otlp: { resourceSpans: [{ ...resource, scopeSpans: [{ ...scope, spans: [span] }] }] },
        })),
      ),
    ),
  )
}

export function reversed(deliveries: readonly Delivery[]): Delivery[] {
  return [...deliveries].reverse()
}

/** Everything, and after the hold time everything again. */
export function twice(deliveries: readonly Delivery[]): Delivery[] {
  const again = deliveries.map((delivery, i) => ({ ...delivery, isAfterHold: i === 0 }))
  return [...deliveries, ...again]
}

/** Runs the deliveries through the fold as the collector does, and gives every delta it emitted. */
export function foldDeliveries(
  deliveries: readonly Delivery[],
  options: FoldOptions = DEFAULT_FOLD_OPTIONS,
): { readonly deltas: GraphDelta[]; readonly fold: Fold } {
  const fold = createFold(options)
  const deltas: GraphDelta[] = []
  const take = () => {
    const delta = takeDelta(fold)
    if (delta) deltas.push(delta)
  }
  let nowMs = 1_760_000_001_000
  for (const { isAfterHold, otlp } of deliveries) {
    if (isAfterHold) {
      nowMs += options.holdMs + 1_000
      advanceFold(fold, nowMs)
      take()
    }
    const decoded = decodeOtlpJson(new TextEncoder().encode(JSON.stringify(otlp)))
    if (!decoded.ok) throw new Error(`a case must decode: ${decoded.reason}`)
    foldBatch(fold, decoded.batch, nowMs)
    advanceFold(fold, nowMs)
    take()
    nowMs += 10
  }
  finishFold(fold)
  take()
  return { deltas, fold }
}

/** The sum of deltas, as the suite compares it: kinds and names, edges without calls gone. */
export function sumEdges(deltas: readonly GraphDelta[]): ExpectedEdge[] {
  const edges = new Map<string, { rank: number } & Omit<ExpectedEdge, 'protocol'>>()
  for (const delta of deltas) {
    for (const edge of delta.edges) {
      const source = delta.nodes[edge.source]!
      const target = delta.nodes[edge.target]!
      const key = JSON.stringify([source, target].map(({ kind, name }) => [kind, name]))
      const known = edges.get(key)
      const calls = (known?.calls ?? 0) + edge.calls
      const errors = (known?.errors ?? 0) + edge.errors
      if (calls < 0 || errors < 0) throw new Error(`${key} went below zero`)
      edges.set(key, {
        source: { kind: source.kind, name: source.name },
        target: { kind: target.kind, name: target.name },
        rank: Math.max(known?.rank ?? 0, PROTOCOLS.indexOf(edge.protocol)),
        calls,
        errors,
      })
    }
  }
  const whole = (end: End) => ({ ...end, namespace: '', environment: '' })
  return [...edges.values()]
    .filter((edge) => edge.calls > 0)
    .sort(
      (a, b) =>
        compareNodes(whole(a.source), whole(b.source)) ||
        compareNodes(whole(a.target), whole(b.target)),
    )
    .map(({ rank, ...edge }) => ({ ...edge, protocol: PROTOCOLS[rank]! }))
}

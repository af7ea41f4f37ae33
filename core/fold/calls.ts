// What the rules conclude from a trace: calls, and one class a span. A draft is filled by the rule
// files in the order of evaluate.ts.
import type { Protocol, TrustRule } from '../graph/edge.ts'
import type { LinkedSpan } from './links.ts'
import type { OrphanPolicy } from './options.ts'
import type { Endpoint } from './role.ts'
import type { Shape } from './shape.ts'
import type { TraceView } from './view.ts'

/** Final classes of the accounting identity (DESIGN section 2), one a span. */
export const SPAN_CLASSES = [
  'paired',
  'hop',
  'virtual',
  'entry',
  'messaging',
  'represented',
  'internal',
  'nameless',
  'unpairedClient',
  'unpairedServer',
  'unpairedConsumer',
] as const
export type SpanClass = (typeof SPAN_CLASSES)[number]

/** One end of a call: a service (its position in ShapeTable.services) or a stated endpoint. */
export type CallEnd = number | Endpoint

export type Call = {
  readonly source: CallEnd
  readonly target: CallEnd
  /** The service whose environment a stated endpoint belongs to. */
  readonly home: number
  readonly rule: TrustRule
  readonly protocol: Protocol
  readonly isError: boolean
  readonly operation: string
  /** Positions of the halves in the view, -1 when missing; at least one is there. */
  readonly client: number
  readonly server: number
  /** Span that must have waited for the hold time before this call counts; -1: it is proved. */
  readonly gate: number
}

export type CallDraft = {
  readonly view: TraceView
  readonly outgoing: ReadonlyMap<number, readonly LinkedSpan[]>
  readonly incoming: ReadonlyMap<number, readonly LinkedSpan[]>
  readonly calls: Call[]
  readonly classes: SpanClass[]
  /** Services that answered each client-side span, by server-side spans and by hops. */
  readonly answers: Map<number, number[]>
  /** Brokers that the consumers of each client-side span state: what an unnamed producer borrows. */
  readonly borrowed: Map<number, Set<string>>
  /** Client-side spans whose messages someone consumed. */
  readonly consumed: Set<number>
  /** Client-side spans that another span stands for (R8 batch, R9). */
  readonly represented: Set<number>
  /** Server spans whose caller never came and is not named (R10). */
  readonly unattributed: number[]
  readonly orphans: OrphanPolicy
  readonly serviceNames: (service: number) => string
}

export function addAnswer(draft: CallDraft, client: number, service: number): void {
  const known = draft.answers.get(client)
  if (!known) draft.answers.set(client, [service])
  else if (!known.includes(service)) known.push(service)
}

export function isAnswered(draft: CallDraft, client: number): boolean {
  return draft.answers.has(client) || draft.consumed.has(client)
}

export const broker = (name: string): Endpoint => ({ kind: 'messaging', name })

export const NO_OPERATION = '(unnamed)'

/** The operation of a call: as the callee names it, else the caller; a database names none itself. */
export function callOperation(client: Shape | undefined, server: Shape | undefined): string {
  if (client?.isDatabase && client.operation) return client.operation
  return server?.operation || client?.operation || NO_OPERATION
}

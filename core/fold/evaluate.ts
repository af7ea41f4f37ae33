// The pure function of the rule book: from all that is known of a trace, and of the spans directly
// linked, to its calls and one class a span. Nothing in here is incremental, so the order in which
// spans came cannot matter. Source: EDGES.md, R1-R13.
import { type Call, type CallDraft, callOperation, isAnswered, type SpanClass } from './calls.ts'
import { addHops } from './hops.ts'
import { incomingLinks, outgoingLinks } from './links.ts'
import { deliverMessages, publishMessages } from './messaging.ts'
import { representNested } from './nesting.ts'
import type { OrphanPolicy } from './options.ts'
import { pairServers } from './pairing.ts'
import { Role } from './role.ts'
import type { Store } from './rows.ts'
import type { ShapeTable } from './shape.ts'
import { clientOnTop, nearestNamed, type TraceView, viewTraces } from './view.ts'

export type Evaluation = {
  readonly view: TraceView
  readonly calls: readonly Call[]
  /** One a span of the view. */
  readonly classes: readonly SpanClass[]
  /** Server spans whose caller never came and is not named. */
  readonly unattributed: readonly number[]
}

/** traces: one trace, or the two that count as one (view.ts, tracesAsOne). */
export function evaluateTrace(
  store: Store,
  table: ShapeTable,
  traces: readonly number[],
  orphans: OrphanPolicy,
): Evaluation {
  const view = viewTraces(store, table, traces)
  const draft: CallDraft = {
    view,
    outgoing: outgoingLinks(store, table, view, traces),
    incoming: incomingLinks(store, table, view, traces),
    calls: [],
    classes: view.services.map((service, i) =>
      service >= 0 ? 'internal' : view.proxies?.spliced.has(i) ? 'represented' : 'nameless',
    ),
    answers: new Map(),
    borrowed: new Map(),
    consumed: new Set(),
    represented: new Set(),
    unattributed: [],
    orphans,
    serviceNames: (service) => table.services[service]!.name,
  }
  pairServers(draft)
  deliverMessages(draft)
  addHops(draft)
  relayCalls(draft)
  representNested(draft)
  publishMessages(draft)
  callVirtual(draft)
  return draft
}

/** A proxy's call stands for the client-side span on top of it, as an answer would. */
function relayCalls(draft: CallDraft): void {
  const { view, answers, classes, represented } = draft
  for (const relay of view.proxies?.relays ?? []) {
    const above = nearestNamed(view, relay)
    const client = above < 0 ? -1 : clientOnTop(view, above)
    if (client < 0 || isAnswered(draft, client)) continue
    answers.set(client, [])
    represented.add(client)
    classes[client] = 'represented'
  }
}

/** R7: clients that nobody answered and no other span stands for. */
function callVirtual(draft: CallDraft): void {
  const { view } = draft
  for (let i = 0; i < view.rows.length; i++) {
    const shape = view.shapes[i]!
    if (shape.role !== Role.client || view.services[i]! < 0) continue
    if (isAnswered(draft, i)) continue // classed where it was answered
    if (draft.represented.has(i)) draft.classes[i] = 'represented'
    else if (!shape.target) draft.classes[i] = 'unpairedClient'
    else {
      draft.classes[i] = 'virtual'
      draft.calls.push({
        source: view.services[i]!,
        target: shape.target,
        home: view.services[i]!,
        rule: shape.targetRule,
        protocol: shape.target.kind === 'messaging' ? 'messaging' : shape.clientProtocol,
        isError: view.isError[i]!,
        operation: callOperation(shape, undefined),
        client: i,
        server: -1,
        gate: i,
      })
    }
  }
}

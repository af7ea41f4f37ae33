// R6: a span of another service below, without a server half, still proves a call.
import { addAnswer, broker, type CallDraft, callOperation, NO_OPERATION } from './calls.ts'
import { Role } from './role.ts'
import { clientOnTop, isAncestor, isServerSideShape, nearestNamed } from './view.ts'

/** Adds the hops of the draft's trace. Pairs and deliveries must be known: they answer first. */
export function addHops(draft: CallDraft): void {
  const { view } = draft
  for (let i = 0; i < view.rows.length; i++) {
    if (isServerSideShape(view.shapes[i]!) || view.services[i]! < 0) continue
    const above = nearestNamed(view, i)
    if (above < 0 || view.services[above] === view.services[i]) continue
    if (isAncestor(view, i, above)) continue
    const client = clientOnTop(view, above)
    if (client >= 0) hopFromClient(draft, client, i)
    else hopFromService(draft, view.services[above]!, i)
  }
}

/** One call for a client span and callee, unless a server-side span of the callee already answered. */
function hopFromClient(draft: CallDraft, client: number, below: number): void {
  const { view } = draft
  const service = view.services[below]!
  markHop(draft, below)
  if (draft.answers.get(client)?.includes(service)) return
  addAnswer(draft, client, service)
  const shape = view.shapes[client]!
  if (draft.classes[client] !== 'paired') draft.classes[client] = 'hop'
  // Below a producer the span stands for a consumer that states nothing and did not fail (R8).
  const isMessage = shape.role === Role.producer
  const isThroughBroker = isMessage && shape.broker !== ''
  draft.calls.push({
    source: isThroughBroker ? broker(shape.broker) : view.services[client]!,
    target: service,
    home: service,
    rule: 'hop',
    protocol: isMessage ? 'messaging' : shape.clientProtocol,
    isError: !isThroughBroker && view.isError[client]!,
    operation: callOperation(shape, undefined),
    client: isThroughBroker ? -1 : client,
    server: isThroughBroker ? below : -1,
    gate: -1,
  })
  if (isMessage) draft.consumed.add(client)
}

function hopFromService(draft: CallDraft, source: number, below: number): void {
  markHop(draft, below)
  draft.calls.push({
    source,
    target: draft.view.services[below]!,
    home: draft.view.services[below]!,
    rule: 'hop',
    protocol: 'other',
    isError: false,
    operation: NO_OPERATION,
    client: -1,
    server: below,
    gate: -1,
  })
}

/** A client span keeps the class of its own call. */
function markHop(draft: CallDraft, below: number): void {
  if (draft.view.shapes[below]!.role === Role.internal) draft.classes[below] = 'hop'
}

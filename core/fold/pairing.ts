// R5, R10, R11, R12: calls that a SERVER span answers, and entries of those that nobody here called.
import { PROTOCOLS, type Protocol } from '../graph/edge.ts'
import { callerOf } from './callers.ts'
import { addAnswer, broker, type CallDraft, callOperation } from './calls.ts'
import { type Endpoint, Role } from './role.ts'
import type { Shape } from './shape.ts'
import { LOST_PARENT, nearestNamed } from './view.ts'

const USER: Endpoint = { kind: 'user', name: 'user' }
/** The orphan policy `external:unknown`: a caller that nobody reports (R10). */
const UNKNOWN: Endpoint = { kind: 'external', name: 'unknown' }

/** Adds the calls of every named SERVER span of the draft's trace. */
export function pairServers(draft: CallDraft): void {
  const { view } = draft
  for (let i = 0; i < view.rows.length; i++) {
    if (view.shapes[i]!.role !== Role.server || view.services[i]! < 0) continue
    const caller = callerOf(view, i)
    if (caller.kind === 'client') answerClient(draft, caller.span, i)
    else if (caller.kind === 'service') callFromService(draft, caller.service, i)
    else if (caller.kind === 'nested') draft.classes[i] = 'internal'
    else enter(draft, i, caller.kind === 'root')
  }
}

function answerClient(draft: CallDraft, client: number, server: number): void {
  const { view } = draft
  const clientShape = view.shapes[client]!
  const serverShape = view.shapes[server]!
  const home = view.services[server]!
  addAnswer(draft, client, home)
  draft.classes[server] = 'paired'
  draft.classes[client] = 'paired'
  const isPush = clientShape.role === Role.producer && clientShape.broker !== ''
  if (isPush) {
    // A topic that pushes to an http endpoint: the path leads through the topic (R8).
    draft.consumed.add(client)
    draft.classes[server] = 'messaging'
  }
  draft.calls.push({
    source: isPush ? broker(clientShape.broker) : view.services[client]!,
    target: home,
    home,
    rule: isPush ? 'messaging' : 'paired',
    protocol: isPush ? 'messaging' : pairProtocol(clientShape, serverShape),
    isError: view.isError[server]! || (!isPush && view.isError[client]!),
    operation: callOperation(clientShape, serverShape),
    client: isPush ? -1 : client,
    server,
    gate: -1,
  })
}

function pairProtocol(client: Shape, server: Shape): Protocol {
  const rank = Math.max(
    PROTOCOLS.indexOf(client.clientProtocol),
    PROTOCOLS.indexOf(server.serverProtocol),
  )
  return PROTOCOLS[rank]!
}

/** R5.3: the client span is missing. */
function callFromService(draft: CallDraft, service: number, server: number): void {
  const { view } = draft
  const shape = view.shapes[server]!
  draft.classes[server] = 'hop'
  draft.calls.push({
    source: service,
    target: view.services[server]!,
    home: view.services[server]!,
    rule: 'serverOnly',
    protocol: shape.serverProtocol,
    isError: view.isError[server]!,
    operation: callOperation(undefined, shape),
    client: -1,
    server,
    gate: -1,
  })
}

/** R10: a request from outside, or from a caller that is only named; R12: timers have no caller. */
function enter(draft: CallDraft, server: number, isRoot: boolean): void {
  const { view } = draft
  const shape = view.shapes[server]!
  if (isRoot && shape.isUnattended) {
    draft.classes[server] = 'internal'
    return
  }
  const caller = shape.caller || view.proxies?.callers.get(server) || ''
  const isUnattributed = !isRoot && !caller
  draft.classes[server] = isUnattributed ? 'unpairedServer' : 'entry'
  if (isUnattributed) {
    draft.unattributed.push(server)
    if (draft.orphans === 'drop' || nearestNamed(view, server) !== LOST_PARENT) return
  }
  draft.calls.push({
    source: isUnattributed ? UNKNOWN : caller ? { kind: 'service', name: caller } : USER,
    target: view.services[server]!,
    home: view.services[server]!,
    rule: caller ? 'peer' : 'serverOnly',
    protocol: shape.serverProtocol,
    isError: view.isError[server]!,
    operation: callOperation(undefined, shape),
    client: -1,
    server,
    gate: server,
  })
}

// The pure function of the rule book: from all that is known of a trace, and of the spans directly
// linked, to its calls and one class a span. Nothing in here is incremental, so the order in which
// spans came cannot matter. Everything lies on the desk (draft.ts). Source: EDGES.md, R1-R13.
import * as callWords from './call-words.ts'
import { type Draft, isAnswered } from './draft.ts'
import * as draftWords from './draft-words.ts'
import { addHops } from './hops.ts'
import { findLinks } from './links.ts'
import { deliverMessages, publishMessages } from './messaging.ts'
import { representNested } from './nesting.ts'
import type { OrphanPolicy } from './options.ts'
import { addVirtualCall } from './own-calls.ts'
import { pairServers } from './pairing.ts'
import { viewWithoutProxies } from './proxies.ts'
import * as role from './role.ts'
import * as shapeWords from './shape-words.ts'
import { clientOnTop } from './view.ts'

const { CALL_GATE, CALL_WORDS, Class } = callWords
const { Mark } = draftWords
const { Role } = role
const { SHAPE_TARGET } = shapeWords

/** members: one trace, or the two that count as one (twins.ts). */
export function evaluateTrace(
  draft: Draft,
  members: readonly number[],
  orphans: OrphanPolicy,
): void {
  viewWithoutProxies(draft, members)
  if (draft.isLinked) findLinks(draft)
  pairServers(draft, orphans)
  if (draft.hasMessages || draft.isLinked) deliverMessages(draft)
  addHops(draft)
  if (draft.proxies) relayCalls(draft, draft.proxies.relays)
  representNested(draft)
  if (draft.hasMessages || draft.isLinked) publishMessages(draft)
  callVirtual(draft)
}

/** A proxy's call stands for the client-side span on top of it, as an answer would. */
function relayCalls(draft: Draft, relays: ReadonlySet<number>): void {
  for (const relay of relays) {
    const above = draft.above[relay]!
    const client = above < 0 ? -1 : clientOnTop(draft, above)
    if (client < 0 || isAnswered(draft, client)) continue
    draft.marks[client]! |= Mark.answered | Mark.represented
    draft.classes[client] = Class.represented
  }
}

/** R7: clients that nobody answered and no other span stands for. */
function callVirtual(draft: Draft): void {
  const { count, roles, services, shapes, marks, classes } = draft
  const { words } = draft.table
  for (let i = 0; i < count; i++) {
    if (roles[i] !== Role.client || services[i]! < 0) continue
    if (isAnswered(draft, i)) continue // classed where it was answered
    const target = words[shapes[i]! + SHAPE_TARGET]!
    if (marks[i]! & Mark.represented) classes[i] = Class.represented
    else if (target < 0) classes[i] = Class.unpairedClient
    else {
      classes[i] = Class.virtual
      addVirtualCall(draft, i)
    }
  }
}

/**
 * Whether each call that waits for the hold rests on its span alone (own-calls.ts), as the trace stands: then the
 * hold may take its spans for themselves.
 */
export function isPlain(draft: Draft): boolean {
  if (draft.hasNameless || draft.isLinked || draft.proxies || draft.members.length > 1) return false
  if (draft.unattributed.length > 0) return false
  const { words, count } = draft.calls
  for (let call = 0; call < count; call++) {
    const gate = words[call * CALL_WORDS + CALL_GATE]!
    if (gate < 0) continue
    const waiting = draft.classes[gate]
    if (waiting !== Class.virtual && waiting !== Class.entry) return false
  }
  return true
}

// R6: a span of another service below, without a server half, still proves a call.
import { PROTOCOLS, TRUST_RULES } from '../graph/edge.ts'
import * as batch from '../span/batch.ts'
import { bigEndian } from './batch-view.ts'
import * as callWords from './call-words.ts'
import { addCall, callOperation, endOf } from './calls.ts'
import { addAnswer, type Draft } from './draft.ts'
import * as draftWords from './draft-words.ts'
import * as layout from './layout.ts'
import * as role from './role.ts'
import * as shapeWords from './shape-words.ts'
import { compareForTie } from './shape-words.ts'
import { clientOnTop, isAncestor, isServerSide } from './view.ts'

const { SpanFlag } = batch
const { Class } = callWords
const { Mark } = draftWords
const { SPAN_ID_HIGH, SPAN_ID_LOW, SPAN_WORDS } = layout
const { Role } = role
const { SHAPE_BROKER, SHAPE_CLIENT_PROTOCOL, UNNAMED_OPERATION } = shapeWords

const HOP = TRUST_RULES.indexOf('hop')
const MESSAGING_PROTOCOL = PROTOCOLS.indexOf('messaging')
const OTHER_PROTOCOL = PROTOCOLS.indexOf('other')

/** Adds the hops. Pairs and deliveries must be known: they answer first. */
export function addHops(draft: Draft): void {
  const { count, services, above } = draft
  const belowBrokers: number[] = []
  for (let i = 0; i < count; i++) {
    const service = services[i]!
    const named = above[i]!
    if (named < 0 || service < 0 || services[named] === service || isServerSide(draft, i)) continue
    if (isAncestor(draft, i, named)) continue
    const client = clientOnTop(draft, named)
    if (client < 0) hopFromService(draft, services[named]!, i)
    else if (isThroughBroker(draft, client)) belowBrokers.push(i)
    else hopFromClient(draft, client, i)
  }
  // A delivery has the time of the span below: of several, the same one in every order of arrival.
  belowBrokers.sort((a, b) => compareSpans(draft, a, b))
  for (const i of belowBrokers) hopFromClient(draft, clientOnTop(draft, above[i]!), i)
}

function compareSpans({ store, rows, table, shapes }: Draft, a: number, b: number): number {
  const spans = store.spans.words
  const wordOf = (i: number, word: number) => bigEndian(spans[rows[i]! * SPAN_WORDS + word]!)
  return (
    wordOf(a, SPAN_ID_HIGH) - wordOf(b, SPAN_ID_HIGH) ||
    wordOf(a, SPAN_ID_LOW) - wordOf(b, SPAN_ID_LOW) ||
    compareForTie(table, shapes[a]!, shapes[b]!)
  )
}

function isThroughBroker({ table, roles, shapes }: Draft, client: number): boolean {
  return roles[client] === Role.producer && table.words[shapes[client]! + SHAPE_BROKER]! >= 0
}

/** One call for a client span and callee, unless a server-side span of the callee already answered. */
function hopFromClient(draft: Draft, client: number, below: number): void {
  const { words } = draft.table
  const { shapes, services, classes } = draft
  const service = services[below]!
  const shape = shapes[client]!
  markHop(draft, below)
  if (!addAnswer(draft, client, service)) return
  if (classes[client] !== Class.paired) classes[client] = Class.hop
  // Below a producer the span stands for a consumer that states nothing and did not fail (R8).
  const isMessage = draft.roles[client] === Role.producer
  const broker = words[shape + SHAPE_BROKER]!
  const isDelivery = isThroughBroker(draft, client)
  addCall(draft, {
    source: isDelivery ? endOf(broker) : services[client]!,
    target: service,
    home: service,
    rule: HOP,
    protocol: isMessage ? MESSAGING_PROTOCOL : words[shape + SHAPE_CLIENT_PROTOCOL]!,
    error: isDelivery ? 0 : draft.flags[client]! & SpanFlag.error,
    operation: callOperation(draft, shape, -1),
    client: isDelivery ? -1 : client,
    server: isDelivery ? below : -1,
    gate: -1,
  })
  if (isMessage) draft.marks[client]! |= Mark.consumed
}

function hopFromService(draft: Draft, source: number, below: number): void {
  const service = draft.services[below]!
  markHop(draft, below)
  addCall(draft, {
    source,
    target: service,
    home: service,
    rule: HOP,
    protocol: OTHER_PROTOCOL,
    error: 0,
    operation: UNNAMED_OPERATION,
    client: -1,
    server: below,
    gate: -1,
  })
}

/** A client span keeps the class of its own call. */
function markHop(draft: Draft, below: number): void {
  if (draft.roles[below] === Role.internal) draft.classes[below] = Class.hop
}

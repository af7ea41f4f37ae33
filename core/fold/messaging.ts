// R8: producers, consumers and the broker between them.
import { PROTOCOLS, TRUST_RULES } from '../graph/edge.ts'
import * as batch from '../span/batch.ts'
import * as callWords from './call-words.ts'
import * as callers from './callers.ts'
import { callerOf } from './callers.ts'
import { addCall, callOperation, endOf } from './calls.ts'
import { addAnswer, type Draft, growPool } from './draft.ts'
import * as draftWords from './draft-words.ts'
import * as options from './options.ts'
import * as role from './role.ts'
import * as shapeWords from './shape-words.ts'

const { SpanFlag } = batch
const { Caller } = callers
const { Class } = callWords
const {
  BORROWED_BROKER,
  BORROWED_NEXT,
  BORROWED_WORDS,
  LINKED_ERROR,
  LINKED_NEXT,
  LINKED_ROW,
  LINKED_SERVICE,
  LINKED_SHAPE,
  Mark,
} = draftWords
const { NESTING_MAX } = options
const { Role } = role
const { SHAPE_BROKER, SHAPE_ROLE } = shapeWords

const LINK = TRUST_RULES.indexOf('link')
const MESSAGING = TRUST_RULES.indexOf('messaging')
const MESSAGING_PROTOCOL = PROTOCOLS.indexOf('messaging')

/** A producer of a consumer, by link, shared id, parent or climbing; it may be of another trace. */
type Producer = {
  readonly row: number
  readonly service: number
  /** End, or -1: it states none. */
  readonly broker: number
  readonly error: number
}

type Delivery = {
  readonly consumer: number
  readonly producers: readonly Producer[]
  readonly hasLink: boolean
  /** A service that stands in for a producer span that is missing, or -1. */
  readonly inferred: number
  /** Brokers: its own, else those its producers state, in order of their numbers. */
  readonly names: readonly number[]
}

/** Adds the calls of every named consumer, and notes what its producers may borrow from it. */
export function deliverMessages(draft: Draft): void {
  const { count, roles, services } = draft
  let deliveries: Map<number, Delivery> | null = null
  for (let i = 0; i < count; i++) {
    if (roles[i] !== Role.consumer) continue
    deliveries ??= new Map()
    const delivery = deliveryOf(draft, i)
    // A nameless consumer is no node, but its producer may still borrow the name it states.
    if (services[i]! >= 0) deliveries.set(i, delivery)
  }
  for (const delivery of deliveries?.values() ?? []) {
    const outer = outerConsumer(draft, delivery.consumer)
    if (outer >= 0 && isSameDelivery(delivery, deliveries?.get(outer)))
      draft.classes[delivery.consumer] = Class.represented
    else addDelivery(draft, delivery)
  }
  if (draft.isLinked) noteLinkedConsumers(draft)
}

function deliveryOf(draft: Draft, consumer: number): Delivery {
  const linked = linkedProducers(draft, consumer)
  const producers = linked.filter((producer) => producer.service >= 0)
  const caller = callerOf(draft, consumer)
  let inferred = -1
  if (caller >= 0) {
    noteAnswer(draft, caller, {
      service: draft.services[consumer]!,
      broker: brokerOf(draft, draft.shapes[consumer]!),
    })
    const row = draft.rows[caller]!
    if (!producers.some((producer) => producer.row === row))
      producers.push(producerAt(draft, caller))
  } else if (caller === Caller.service) inferred = draft.services[draft.above[consumer]!]!
  if (producers.some((producer) => producer.service === inferred)) inferred = -1
  const names = namesOf(brokerOf(draft, draft.shapes[consumer]!), producers)
  return { consumer, producers, hasLink: linked.length > 0, inferred, names }
}

function namesOf(stated: number, producers: readonly Producer[]): readonly number[] {
  if (stated >= 0) return [stated]
  const names = new Set(producers.map((producer) => producer.broker))
  names.delete(-1)
  return [...names].sort((a, b) => a - b)
}

function linkedProducers(draft: Draft, consumer: number): Producer[] {
  const producers: Producer[] = []
  if (!draft.isLinked) return producers
  const { words } = draft.linked
  for (let at = draft.outgoing[consumer]!; at >= 0; at = words[at + LINKED_NEXT]!)
    producers.push({
      row: words[at + LINKED_ROW]!,
      service: words[at + LINKED_SERVICE]!,
      broker: brokerOf(draft, words[at + LINKED_SHAPE]!),
      error: words[at + LINKED_ERROR]!,
    })
  return producers
}

function producerAt(draft: Draft, i: number): Producer {
  return {
    row: draft.rows[i]!,
    service: draft.services[i]!,
    broker: brokerOf(draft, draft.shapes[i]!),
    error: draft.flags[i]! & SpanFlag.error,
  }
}

function brokerOf(draft: Draft, shape: number): number {
  return draft.table.words[shape + SHAPE_BROKER]!
}

function noteAnswer(
  draft: Draft,
  client: number,
  consumer: { readonly service: number; readonly broker: number },
): void {
  const { borrowed, brokers } = draft
  draft.marks[client]! |= Mark.consumed
  if (consumer.service >= 0) addAnswer(draft, client, consumer.service)
  if (consumer.broker < 0) return
  for (let at = brokers[client]!; at >= 0; at = borrowed.words[at + BORROWED_NEXT]!)
    if (borrowed.words[at + BORROWED_BROKER] === consumer.broker) return
  const at = growPool(borrowed, BORROWED_WORDS)
  borrowed.words[at + BORROWED_BROKER] = consumer.broker
  borrowed.words[at + BORROWED_NEXT] = brokers[client]!
  brokers[client] = at
}

/** Consumers, here or in other traces, that link to this trace's client-side spans. */
function noteLinkedConsumers(draft: Draft): void {
  const { count, incoming, table } = draft
  const { words } = draft.linked
  for (let client = 0; client < count; client++) {
    for (let at = incoming[client]!; at >= 0; at = words[at + LINKED_NEXT]!) {
      const shape = words[at + LINKED_SHAPE]!
      const service = words[at + LINKED_SERVICE]!
      if (table.words[shape + SHAPE_ROLE] === Role.consumer)
        noteAnswer(draft, client, { service, broker: brokerOf(draft, shape) })
      else if (isSameBatch(draft, client, { shape, service }))
        draft.marks[client]! |= Mark.represented
    }
  }
}

/** Batch publishing: the publish span stands for the create spans it links to. */
function isSameBatch(
  draft: Draft,
  client: number,
  source: { readonly shape: number; readonly service: number },
): boolean {
  const broker = brokerOf(draft, source.shape)
  return (
    draft.roles[client] === Role.producer &&
    draft.table.words[source.shape + SHAPE_ROLE] === Role.producer &&
    source.service === draft.services[client] &&
    broker >= 0 &&
    broker === brokerOf(draft, draft.shapes[client]!)
  )
}

/** The consumer of the same service, through INTERNAL spans only, that this one is nested in; or -1. */
function outerConsumer(draft: Draft, consumer: number): number {
  const { services, roles, above } = draft
  const service = services[consumer]!
  let at = above[consumer]!
  for (let level = 0; at >= 0 && services[at] === service; level++) {
    if (roles[at] === Role.consumer) return at
    if (roles[at] !== Role.internal || level === NESTING_MAX) return -1
    at = above[at]!
  }
  return -1
}

/** receive + process of one message. An inner span that names nothing adds nothing either. */
function isSameDelivery(inner: Delivery, outer: Delivery | undefined): boolean {
  if (!outer || outer.consumer === inner.consumer) return false
  return (
    inner.names.length > 0 &&
    inner.names.length === outer.names.length &&
    inner.names.every((name, i) => name === outer.names[i])
  )
}

function addDelivery(draft: Draft, delivery: Delivery): void {
  const { consumer, producers, inferred } = delivery
  const service = draft.services[consumer]!
  const shape = draft.shapes[consumer]!
  const broker = brokerOf(draft, shape)
  const error = draft.flags[consumer]! & SpanFlag.error
  const isProved = producers.length > 0 || inferred >= 0
  const base = {
    target: service,
    home: service,
    rule: delivery.hasLink ? LINK : MESSAGING,
    protocol: MESSAGING_PROTOCOL,
    operation: callOperation(draft, -1, shape),
    client: -1,
    server: consumer,
    error,
    gate: -1,
  }
  for (const name of delivery.names)
    addCall(draft, { ...base, source: endOf(name), gate: isProved ? -1 : consumer })
  if (broker < 0) {
    for (const producer of producers)
      if (producer.broker < 0)
        addCall(draft, { ...base, source: producer.service, error: error | producer.error })
    if (inferred >= 0) addCall(draft, { ...base, source: inferred })
  } else if (inferred >= 0)
    addCall(draft, { ...base, source: inferred, target: endOf(broker), error: 0 })
  draft.classes[consumer] =
    delivery.names.length > 0 || isProved ? Class.messaging : Class.unpairedConsumer
}

/** The calls of producers, and of clients whose messages were consumed, to their brokers. */
export function publishMessages(draft: Draft): void {
  const { count, roles, marks, services, shapes, classes, borrowed } = draft
  for (let i = 0; i < count; i++) {
    const isConsumed = (marks[i]! & Mark.consumed) !== 0
    if (!isConsumed && roles[i] !== Role.producer) continue
    if (roles[i] === Role.consumer || services[i]! < 0) continue
    if (marks[i]! & Mark.represented) {
      classes[i] = Class.represented
      continue
    }
    const stated = brokerOf(draft, shapes[i]!)
    const lent = isConsumed && stated < 0 ? draft.brokers[i]! : -1
    if (stated >= 0) publish(draft, i, stated)
    for (let at = lent; at >= 0; at = borrowed.words[at + BORROWED_NEXT]!)
      publish(draft, i, borrowed.words[at + BORROWED_BROKER]!)
    if (stated >= 0 || isConsumed) classes[i] = Class.messaging
    else if ((marks[i]! & Mark.answered) === 0) classes[i] = Class.unpairedClient
  }
}

function publish(draft: Draft, i: number, broker: number): void {
  const service = draft.services[i]!
  addCall(draft, {
    source: service,
    target: endOf(broker),
    home: service,
    rule: MESSAGING,
    protocol: MESSAGING_PROTOCOL,
    error: draft.flags[i]! & SpanFlag.error,
    operation: callOperation(draft, draft.shapes[i]!, -1),
    client: i,
    server: -1,
    gate: draft.marks[i]! & Mark.consumed ? -1 : i,
  })
}

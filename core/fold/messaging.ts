// R8: producers, consumers and the broker between them.

import { callerOf } from './callers.ts'
import { addAnswer, broker, type CallDraft, callOperation } from './calls.ts'
import type { LinkedSpan } from './links.ts'
import { NESTING_MAX } from './options.ts'
import { Role } from './role.ts'
import { nearestNamed, type TraceView } from './view.ts'

type Delivery = {
  readonly consumer: number
  /** Producer spans by link, shared id, parent or climbing. */
  readonly producers: readonly LinkedSpan[]
  readonly hasLink: boolean
  /** A service that stands in for a producer span that is missing, or -1. */
  readonly inferred: number
  /** Brokers: its own, else those its producers state. */
  readonly names: readonly string[]
}

/** Adds the calls of every named consumer, and notes what its producers may borrow from it. */
export function deliverMessages(draft: CallDraft): void {
  const deliveries = new Map<number, Delivery>()
  const { view } = draft
  for (let i = 0; i < view.rows.length; i++) {
    if (view.shapes[i]!.role !== Role.consumer) continue
    const delivery = deliveryOf(draft, i)
    // A nameless consumer is no node, but its producer may still borrow the name it states.
    if (view.services[i]! >= 0) deliveries.set(i, delivery)
  }
  for (const delivery of deliveries.values()) {
    const outer = outerConsumer(view, delivery.consumer)
    if (outer >= 0 && isSameDelivery(delivery, deliveries.get(outer)))
      draft.classes[delivery.consumer] = 'represented'
    else addDelivery(draft, delivery)
  }
  noteLinkedConsumers(draft)
}

function deliveryOf(draft: CallDraft, consumer: number): Delivery {
  const { view } = draft
  const linked = draft.outgoing.get(consumer) ?? []
  const producers = linked.filter((producer) => producer.service >= 0)
  const caller = callerOf(view, consumer)
  let inferred = -1
  if (caller.kind === 'client') {
    noteConsumer(draft, caller.span, consumer)
    const row = view.rows[caller.span]!
    if (!producers.some((producer) => producer.row === row))
      producers.push(inView(view, caller.span))
  } else if (caller.kind === 'service') inferred = caller.service
  if (producers.some((producer) => producer.service === inferred)) inferred = -1
  const stated = view.shapes[consumer]!.broker
  const names = stated
    ? [stated]
    : [...new Set(producers.map((producer) => producer.shape.broker).filter(Boolean))].sort()
  return { consumer, producers, hasLink: linked.length > 0, inferred, names }
}

function inView(view: TraceView, i: number): LinkedSpan {
  return {
    row: view.rows[i]!,
    shape: view.shapes[i]!,
    service: view.services[i]!,
    isError: view.isError[i]!,
  }
}

function noteConsumer(draft: CallDraft, client: number, consumer: number): void {
  noteAnswer(draft, client, inView(draft.view, consumer))
}

function noteAnswer(draft: CallDraft, client: number, consumer: LinkedSpan): void {
  draft.consumed.add(client)
  if (consumer.service >= 0) addAnswer(draft, client, consumer.service)
  if (consumer.shape.broker === '') return
  const names = draft.borrowed.get(client) ?? new Set()
  draft.borrowed.set(client, names.add(consumer.shape.broker))
}

/** Consumers, here or in other traces, that link to this trace's client-side spans. */
function noteLinkedConsumers(draft: CallDraft): void {
  for (const [client, sources] of draft.incoming) {
    for (const source of sources) {
      if (source.shape.role === Role.consumer) noteAnswer(draft, client, source)
      else if (isSameBatch(draft.view, client, source)) draft.represented.add(client)
    }
  }
}

/** Batch publishing: the publish span stands for the create spans it links to. */
function isSameBatch(view: TraceView, client: number, source: LinkedSpan): boolean {
  const shape = view.shapes[client]!
  return (
    shape.role === Role.producer &&
    source.shape.role === Role.producer &&
    source.service === view.services[client] &&
    source.shape.broker !== '' &&
    source.shape.broker === shape.broker
  )
}

/** The consumer of the same service, through INTERNAL spans only, that this one is nested in; or -1. */
function outerConsumer(view: TraceView, consumer: number): number {
  const service = view.services[consumer]!
  let at = nearestNamed(view, consumer)
  for (let level = 0; at >= 0 && view.services[at] === service; level++) {
    const { role } = view.shapes[at]!
    if (role === Role.consumer) return at
    if (role !== Role.internal || level === NESTING_MAX) return -1
    at = nearestNamed(view, at)
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

function addDelivery(draft: CallDraft, delivery: Delivery): void {
  const { view } = draft
  const { consumer, producers, inferred } = delivery
  const service = view.services[consumer]!
  const shape = view.shapes[consumer]!
  const isProved = producers.length > 0 || inferred >= 0
  const base = {
    target: service,
    home: service,
    rule: delivery.hasLink ? 'link' : 'messaging',
    protocol: 'messaging',
    operation: callOperation(undefined, shape),
    client: -1,
    server: consumer,
  } as const
  for (const name of delivery.names)
    draft.calls.push({
      ...base,
      source: broker(name),
      isError: view.isError[consumer]!,
      gate: isProved ? -1 : consumer,
    })
  if (shape.broker === '') {
    const unnamed = producers.filter((producer) => producer.shape.broker === '')
    for (const producer of unnamed)
      draft.calls.push({
        ...base,
        source: producer.service,
        isError: view.isError[consumer]! || producer.isError,
        gate: -1,
      })
    if (inferred >= 0)
      draft.calls.push({ ...base, source: inferred, isError: view.isError[consumer]!, gate: -1 })
  } else if (inferred >= 0)
    draft.calls.push({
      ...base,
      source: inferred,
      target: broker(shape.broker),
      isError: false,
      gate: -1,
    })
  draft.classes[consumer] = delivery.names.length > 0 || isProved ? 'messaging' : 'unpairedConsumer'
}

/** The calls of producers, and of clients whose messages were consumed, to their brokers. */
export function publishMessages(draft: CallDraft): void {
  const { view } = draft
  for (let i = 0; i < view.rows.length; i++) {
    const shape = view.shapes[i]!
    const isProducer = shape.role === Role.producer || draft.consumed.has(i)
    if (!isProducer || shape.role === Role.consumer || view.services[i]! < 0) continue
    if (draft.represented.has(i)) {
      draft.classes[i] = 'represented'
      continue
    }
    const names = shape.broker ? [shape.broker] : [...(draft.borrowed.get(i) ?? [])].sort()
    for (const name of names)
      draft.calls.push({
        source: view.services[i]!,
        target: broker(name),
        home: view.services[i]!,
        rule: 'messaging',
        protocol: 'messaging',
        isError: view.isError[i]!,
        operation: callOperation(shape, undefined),
        client: i,
        server: -1,
        gate: draft.consumed.has(i) ? -1 : i,
      })
    if (names.length > 0 || draft.consumed.has(i)) draft.classes[i] = 'messaging'
    else if (!draft.answers.has(i)) draft.classes[i] = 'unpairedClient'
  }
}

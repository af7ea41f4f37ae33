// Draws traces from journeys: which spans, in which order, how long, with which errors. A trace is a function
// of the seed and its number alone, so that two runs of one seed tell the same story.
import { ATTACK, type Call, type Entry, JOURNEYS, type Work } from './journeys.ts'
import { drawHex, drawIndex, drawLatencyMs, type Random, randomOf } from './random.ts'
import type { Service } from './services.ts'

export type DrawnSpan = {
  readonly service: Service
  readonly kind: 'server' | 'client' | 'producer' | 'consumer' | 'internal'
  readonly name: string
  readonly attributes: { readonly [key: string]: string | number }
  /** After the start of the trace. */
  readonly startMs: number
  readonly durationMs: number
  readonly isError: boolean
  readonly below: readonly DrawnSpan[]
}

/** Way there and back between two services. */
const NETWORK_MS = 0.6
/** How long a message lies in the queue. */
const QUEUED_MS = 45

/** The trace of a number. The first ones go once through every journey, so that no edge waits for chance. */
export function drawTrace(seed: number, number: number): DrawnSpan {
  const random = randomOf(seed, 'trace', number)
  const weights = JOURNEYS.map((journey) => journey.weight)
  const index = number < JOURNEYS.length ? number : drawIndex(random, weights)
  const journey = JOURNEYS[index]
  if (!journey) throw new Error(`there is no journey ${index}`)
  return drawWork(random, journey.work, 0)
}

/** The planted attack, its nth time. */
export function drawAttack(seed: number, time: number): DrawnSpan {
  return drawWork(randomOf(seed, 'attack', time), ATTACK.work, 0)
}

/** Ms from a trace's start to the end of its last span. */
export function traceDurationMs(span: DrawnSpan): number {
  return Math.max(span.startMs + span.durationMs, ...span.below.map(traceDurationMs))
}

/** How many spans a trace has. */
export function countSpans(span: DrawnSpan): number {
  return span.below.reduce((sum, each) => sum + countSpans(each), 1)
}

/** One call after the other, the own time spread around them. A call that failed fails the work every other time. */
function drawWork(random: Random, work: Work, startMs: number): DrawnSpan {
  const pauseMs = drawLatencyMs(random, work.selfMs) / (work.calls.length + 1)
  let atMs = startMs + pauseMs
  let isError = false
  const below: DrawnSpan[] = []
  for (const each of work.calls) {
    const span = drawCall(random, work.service, each, atMs)
    below.push(span)
    atMs = span.startMs + span.durationMs + pauseMs
    if (span.isError && random() < 0.5) isError = true
  }
  const { service, entry } = work
  const described = describeEntry(random, entry, isError)
  return { service, ...described, startMs, durationMs: atMs - startMs, isError, below }
}

function drawCall(random: Random, service: Service, call: Call, startMs: number): DrawnSpan {
  if (call.to === 'service') {
    const work = drawWork(random, call.work, startMs + NETWORK_MS / 2)
    const { durationMs, isError } = work
    const described = describeCall(random, call.work, isError)
    const times = { startMs, durationMs: durationMs + NETWORK_MS }
    return { service, kind: 'client', ...described, ...times, isError, below: [work] }
  }
  if (call.to === 'queue') {
    const below = call.consumers.map((consumer) =>
      drawWork(random, consumer, startMs + drawLatencyMs(random, QUEUED_MS)),
    )
    const attributes = describeMessage(call.queue, 'send')
    const times = { startMs, durationMs: drawLatencyMs(random, 4) }
    const name = `send ${call.queue}`
    return { service, kind: 'producer', name, attributes, ...times, isError: false, below }
  }
  const isError = random() < call.errorRatio
  const durationMs = drawLatencyMs(random, call.medianMs) * (isError ? 4 : 1)
  const described = call.to === 'database' ? describeQuery(call) : describeRequest(call, isError)
  return { service, kind: 'client', ...described, startMs, durationMs, isError, below: [] }
}

type Described = Pick<DrawnSpan, 'name' | 'attributes'>

/** The span of the work itself. Source: semconv http, rpc and messaging, server and consumer side. */
function describeEntry(
  random: Random,
  entry: Entry,
  isError: boolean,
): Described & Pick<DrawnSpan, 'kind'> {
  switch (entry.by) {
    case 'http':
      return {
        kind: 'server',
        name: `${entry.method} ${entry.route}`,
        attributes: {
          'http.request.method': entry.method,
          'http.route': entry.route,
          'url.scheme': 'http',
          'url.path': fillRoute(random, entry.route),
          'http.response.status_code': isError ? 500 : 200,
        },
      }
    case 'grpc':
      return { kind: 'server', name: entry.rpc, attributes: describeRpc(entry.rpc, isError) }
    case 'queue':
      return {
        kind: 'consumer',
        name: `process ${entry.queue}`,
        attributes: describeMessage(entry.queue, 'process'),
      }
    case 'schedule':
      return { kind: 'internal', name: entry.name, attributes: {} }
  }
}

/** The caller's half. It names its peer, so that a lost half leads to the same edge. */
function describeCall(random: Random, { service, entry }: Work, isError: boolean): Described {
  const peer = {
    'service.peer.name': service.name,
    'server.address': service.name,
    'server.port': entry.by === 'grpc' ? 9090 : 8080,
  }
  if (entry.by === 'grpc')
    return { name: entry.rpc, attributes: { ...peer, ...describeRpc(entry.rpc, isError) } }
  if (entry.by !== 'http') throw new Error(`${service.name} cannot be called`)
  return {
    name: entry.method,
    attributes: {
      ...peer,
      'http.request.method': entry.method,
      'url.full': `http://${service.name}:8080${fillRoute(random, entry.route)}`,
      'http.response.status_code': isError ? 500 : 200,
    },
  }
}

function describeRpc(rpc: string, isError: boolean): DrawnSpan['attributes'] {
  const [service = '', method = ''] = rpc.split('/')
  return {
    'rpc.system': 'grpc',
    'rpc.service': service,
    'rpc.method': method,
    'rpc.grpc.status_code': isError ? 13 : 0,
  }
}

function describeMessage(queue: string, operation: string): DrawnSpan['attributes'] {
  return {
    'messaging.system': 'kafka',
    'messaging.destination.name': queue,
    'messaging.operation.type': operation,
    'messaging.operation.name': operation,
  }
}

function describeQuery(call: Extract<Call, { to: 'database' }>): Described {
  const { database, operation, collection } = call
  return {
    name: `${operation} ${collection}`,
    attributes: {
      'db.system.name': database.system,
      'db.namespace': database.namespace,
      'db.operation.name': operation,
      'db.collection.name': collection,
      'server.address': database.host,
      'server.port': database.port,
    },
  }
}

function describeRequest(call: Extract<Call, { to: 'host' }>, isError: boolean): Described {
  return {
    name: call.method,
    attributes: {
      'http.request.method': call.method,
      'url.full': `https://${call.host}${call.path}`,
      'server.address': call.host,
      'server.port': 443,
      'http.response.status_code': isError ? 503 : 200,
    },
  }
}

function fillRoute(random: Random, route: string): string {
  return route.replace('{id}', () => drawHex(random, 6))
}

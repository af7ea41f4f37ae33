// `npm run bench -- decode`: OTLP protobuf to columns, beside protobufjs on the same bodies in the same run.
// Prints {"bench":"decode","spansPerSecond","ratioToProtobufjs"}: spans a second of processor time on one core,
// garbage included, and how many times protobufjs' full decode that is. Requests of 8,000 spans of about 360
// bytes are made before the clock starts; each is new (every trace id is), and a decoder sees it once. The two
// take turns, and the cheapest of several stretches counts: other work on the machine then disturbs least.
// Fails (exit code 1) when a decoded span is not what protobufjs reads, reduced as core/span/keys.ts says, or when
// spans and errors are not what the traffic was.
import { DEFAULT_DECODE_LIMITS, type SpanBatch, SpanFlag } from '../../core/span/batch.ts'
import { RESOURCE_KEYS, SPAN_KEYS } from '../../core/span/keys.ts'
import { createProtobufDecoder } from '../../core/span/otlp/protobuf.ts'
import { reduceValue } from '../../core/span/reduce.ts'
import { messageType } from '../core/span/otlp-request.ts'
import { createTraffic, type TrafficRequest } from './traffic.ts'
import { createWorld } from './world.ts'

const EDGES = 100
const SPANS_PER_REQUEST = 8_000
const STRETCHES = 12
const REQUESTS_PER_STRETCH = 4
/** Until both are compiled. */
const WARM_UP_STRETCHES = 3
const START_MS = 1_760_000_000_000

type Stretch = { readonly requests: readonly TrafficRequest[]; readonly spans: number }
type Decoded = { spans: number; errors: number }

const world = createWorld({ seed: 1, edges: EDGES })
const traffic = createTraffic({ world, seed: 2, spansPerRequest: SPANS_PER_REQUEST })
const requestType = messageType('Request')
const decode = createProtobufDecoder(DEFAULT_DECODE_LIMITS)
const stretches = Array.from({ length: WARM_UP_STRETCHES + STRETCHES }, (_, i) => stretchOf(i))
const rest = traffic.rest()
const seen: Decoded = { spans: 0, errors: 0 }
const costs = stretches.map(({ requests, spans }) => {
  const ownUs = timed(() => requests.map(({ body }) => decodeOwn(body)))
  const theirUs = timed(() => requests.map(({ body }) => requestType.decode(body)))
  return { own: ownUs.us / spans, their: theirUs.us / spans, batches: ownUs.result }
})
check()
const measured = costs.slice(WARM_UP_STRETCHES)
const ownUs = Math.min(...measured.map(({ own }) => own))
const theirUs = Math.min(...measured.map(({ their }) => their))
console.error(
  `ns a span: ${measured.map(({ own }) => Math.round(1000 * own)).join(' ')}; ` +
    `protobufjs ${measured.map(({ their }) => Math.round(1000 * their)).join(' ')}`,
)
console.log(
  JSON.stringify({
    bench: 'decode',
    spansPerSecond: Math.round(1e6 / ownUs),
    ratioToProtobufjs: Number((theirUs / ownUs).toFixed(2)),
  }),
)

function stretchOf(index: number): Stretch {
  const requests = Array.from({ length: REQUESTS_PER_STRETCH }, (_, i) =>
    traffic.next(START_MS + 80 * (index * REQUESTS_PER_STRETCH + i)),
  )
  return { requests, spans: requests.reduce((sum, request) => sum + request.spans, 0) }
}

function decodeOwn(body: Uint8Array): SpanBatch {
  const decoded = decode(body)
  if (!decoded.ok) fail(`a request does not decode: ${decoded.reason}`)
  return decoded.batch
}

/** us: processor time of the whole process. */
function timed<T>(work: () => T): { us: number; result: T } {
  // What was left before is not charged to this one.
  globalThis.gc?.()
  const before = process.cpuUsage()
  const result = work()
  const { user, system } = process.cpuUsage(before)
  return { us: user + system, result }
}

/** All spans and errors are there; and of some requests each span is what protobufjs reads. */
function check(): void {
  for (const { batches } of costs) for (const batch of batches) count(batch)
  if (rest) count(decodeOwn(rest.body))
  const sent = stretches.reduce((sum, { spans }) => sum + spans, rest?.spans ?? 0)
  const errors = traffic.errors.reduce((sum, edge) => sum + edge, 0)
  if (seen.spans !== sent || seen.errors !== errors)
    fail(`${seen.spans} spans of ${sent}, ${seen.errors} errors of ${errors}`)
  for (const index of [0, stretches.length - 1])
    compare(costs[index]!.batches[0]!, stretches[index]!.requests[0]!.body)
}

function count(batch: SpanBatch): void {
  seen.spans += batch.count
  for (const flags of batch.flags) if (flags & SpanFlag.error) seen.errors++
}

type Field = { readonly key: string; readonly value: { readonly stringValue?: string } }

function compare(batch: SpanBatch, body: Uint8Array): void {
  const options = { longs: String, bytes: Array, enums: Number } as const
  const request = requestType.toObject(requestType.decode(body), options)
  let row = 0
  for (const { resource, scopeSpans } of request['resourceSpans'])
    for (const { spans } of scopeSpans)
      for (const span of spans) {
        const own = JSON.stringify(spanOf(batch, row++))
        const their = JSON.stringify({
          ids: [span.traceId, span.spanId, span.parentSpanId],
          kind: span.kind,
          times: [span.startTimeUnixNano, span.endTimeUnixNano],
          isError: span.status.code === 2,
          resource: keptOf(resource.attributes, RESOURCE_KEYS),
          attributes: keptOf(span.attributes, SPAN_KEYS),
        })
        if (own !== their) fail(`span ${row} is ${own} instead of ${their}`)
      }
  if (row !== batch.count) fail(`${batch.count} spans of ${row}`)
}

function spanOf(batch: SpanBatch, row: number) {
  const id = (column: Uint8Array, size: number) => [...column.slice(row * size, (row + 1) * size)]
  return {
    ids: [id(batch.traceIds, 16), id(batch.spanIds, 8), id(batch.parentIds, 8)],
    kind: batch.kinds[row],
    times: [String(batch.startUnixNanos[row]), String(batch.endUnixNanos[row])],
    isError: (batch.flags[row]! & SpanFlag.error) !== 0,
    resource: valuesOf(batch, batch.resourceSets[batch.resources[row]!]!, RESOURCE_KEYS),
    attributes: valuesOf(batch, batch.attributeSets[batch.attributes[row]!]!, SPAN_KEYS),
  }
}

type Keys = typeof SPAN_KEYS
type Values = readonly (readonly [string, string])[]

function valuesOf(batch: SpanBatch, set: SpanBatch['attributeSets'][number], keys: Keys): Values {
  return [...set.keys].map((key, at) => [keys[key]!.name, batch.strings[set.values[at]!]!] as const)
}

/** By core/span/keys.ts, in its order; a url also states a path where none is stated (EDGES section 6). */
function keptOf(fields: readonly Field[], keys: Keys): Values {
  const stated = new Map(fields.map(({ key, value }) => [key, String(Object.values(value)[0])]))
  const url = stated.get('url.full')
  if (url !== undefined && !stated.has('url.path')) stated.set('url.path', url)
  return keys.flatMap(({ name, reduction }) => {
    const text = stated.get(name)
    if (text === undefined) return []
    return [[name, reduceValue(text, reduction, DEFAULT_DECODE_LIMITS.nameBytesMax)] as const]
  })
}

function fail(reason: string): never {
  console.error(`decode: ${reason}`)
  process.exit(1)
}

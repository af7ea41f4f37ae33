// Load with a known truth: paired client and server spans between a few services, encoded as OTLP protobuf by
// hand, fast, and the same for the same seed. What an edge must count when everything arrived is beside it.
import { createRandom } from './random.ts'

export type LoadOptions = {
  readonly seed: number
  readonly requests: number
  /** Even: half of them client spans, half server spans. */
  readonly spansPerRequest: number
  /** When the spans ended, unix ms. */
  readonly endMs: number
  /**
   * 'together': both halves of a call in one request. 'apart': the server halves one request later than their
   * client halves (one more request than asked for, at the end).
   */
  readonly halves: 'together' | 'apart'
}

export type LoadEdge = { readonly calls: number; readonly errors: number }

export type Load = {
  /** ExportTraceServiceRequest messages, not compressed. */
  readonly bodies: readonly Uint8Array[]
  readonly spans: number
  /** By `source -> target`. */
  readonly edges: ReadonlyMap<string, LoadEdge>
}

export const LOAD_SERVICES = ['gateway', 'orders', 'billing', 'stock', 'mail'] as const
const ROUTES = ['/cart', '/pay', '/items/{id}', '/mail'] as const

type Call = {
  readonly source: number
  readonly target: number
  readonly traceId: Buffer
  readonly clientId: Buffer
  readonly serverId: Buffer
  readonly route: string
  readonly isError: boolean
  readonly startMs: number
  readonly durationMs: number
}

/** Shapes: a call's trace has its two spans and no other. */
export function createLoad(options: LoadOptions): Load {
  const random = createRandom(options.seed)
  const edges = new Map<string, { calls: number; errors: number }>()
  const groups: Call[][] = []
  for (let request = 0; request < options.requests; request++) {
    const calls: Call[] = []
    for (let index = 0; index < options.spansPerRequest / 2; index++) {
      const call = makeCall(random, options.endMs)
      const key = `${LOAD_SERVICES[call.source]} -> ${LOAD_SERVICES[call.target]}`
      const edge = edges.get(key) ?? { calls: 0, errors: 0 }
      edge.calls++
      if (call.isError) edge.errors++
      edges.set(key, edge)
      calls.push(call)
    }
    groups.push(calls)
  }
  const bodies = encodeGroups(groups, options.halves)
  return { bodies, spans: options.requests * options.spansPerRequest, edges }
}

function encodeGroups(groups: readonly Call[][], halves: LoadOptions['halves']): Uint8Array[] {
  if (halves === 'together') return groups.map((calls) => encodeRequest(calls, calls))
  const bodies: Uint8Array[] = []
  for (let at = 0; at <= groups.length; at++)
    bodies.push(encodeRequest(groups[at] ?? [], groups[at - 1] ?? []))
  return bodies
}

function makeCall(random: () => number, endMs: number): Call {
  const source = Math.floor(random() * LOAD_SERVICES.length)
  const step = 1 + Math.floor(random() * (LOAD_SERVICES.length - 1))
  const durationMs = 1 + Math.floor(random() * 200)
  return {
    source,
    target: (source + step) % LOAD_SERVICES.length,
    traceId: randomBytes(random, 16),
    clientId: randomBytes(random, 8),
    serverId: randomBytes(random, 8),
    route: ROUTES[Math.floor(random() * ROUTES.length)] ?? '/',
    isError: random() < 0.05,
    startMs: endMs - durationMs,
    durationMs,
  }
}

/** Never all zero: the lowest bit of the first byte is set. */
function randomBytes(random: () => number, length: number): Buffer {
  const bytes = Buffer.allocUnsafe(length)
  for (let at = 0; at < length; at += 4) bytes.writeUInt32LE(Math.floor(random() * 2 ** 32), at)
  bytes[0] = (bytes[0] ?? 0) | 1
  return bytes
}

function encodeRequest(clients: readonly Call[], servers: readonly Call[]): Uint8Array {
  const parts: Buffer[] = []
  for (let service = 0; service < LOAD_SERVICES.length; service++) {
    const spans: Buffer[] = []
    for (const call of clients) if (call.source === service) spans.push(clientSpan(call))
    for (const call of servers) if (call.target === service) spans.push(serverSpan(call))
    if (spans.length === 0) continue
    const resource = bytesField(1, attribute('service.name', LOAD_SERVICES[service] ?? ''))
    const scopeSpans = Buffer.concat(spans)
    parts.push(bytesField(1, Buffer.concat([bytesField(1, resource), bytesField(2, scopeSpans)])))
  }
  return Buffer.concat(parts)
}

/** A span's bytes as a field of ScopeSpans, ids and times still to be written. */
type Template = { readonly bytes: Buffer; readonly idsAt: number }
const TEMPLATES = new Map<string, Template>()
const NO_ID = Buffer.alloc(8)
const NO_TRACE = Buffer.alloc(16)
const NO_TIMES = Buffer.concat([Buffer.from([0x39]), NO_ID, Buffer.from([0x41]), NO_ID])

function clientSpan(call: Call): Buffer {
  const target = LOAD_SERVICES[call.target] ?? ''
  const template = templateOf(`client ${target}`, () => [
    Buffer.from([0x30, 3]),
    bytesField(5, Buffer.from('GET')),
    bytesField(9, attribute('http.request.method', 'GET')),
    bytesField(9, attribute('server.address', target)),
  ])
  return fillTemplate(template, call, call.clientId, null)
}

function serverSpan(call: Call): Buffer {
  const template = templateOf(`server ${call.route} ${call.isError}`, () => [
    Buffer.from([0x30, 2]),
    bytesField(5, Buffer.from(`GET ${call.route}`)),
    bytesField(9, attribute('http.request.method', 'GET')),
    bytesField(9, attribute('http.route', call.route)),
    ...(call.isError ? [bytesField(15, Buffer.from([0x18, 2]))] : []),
  ])
  return fillTemplate(template, call, call.serverId, call.clientId)
}

/** trace_id (1), span_id (2), parent_span_id (4), times (7, 8) stand first, then the rest. */
function templateOf(name: string, rest: () => Buffer[]): Template {
  const known = TEMPLATES.get(name)
  if (known) return known
  const ids = [bytesField(1, NO_TRACE), bytesField(2, NO_ID), bytesField(4, NO_ID), NO_TIMES]
  const span = Buffer.concat([...ids, ...rest()])
  const bytes = bytesField(2, span)
  const template = { bytes, idsAt: bytes.length - span.length }
  TEMPLATES.set(name, template)
  return template
}

function fillTemplate(template: Template, call: Call, id: Buffer, parentId: Buffer | null): Buffer {
  const bytes = Buffer.from(template.bytes)
  const at = template.idsAt
  call.traceId.copy(bytes, at + 2)
  id.copy(bytes, at + 20)
  parentId?.copy(bytes, at + 30)
  bytes.writeBigUInt64LE(BigInt(call.startMs) * 1_000_000n, at + 39)
  bytes.writeBigUInt64LE(BigInt(call.startMs + call.durationMs) * 1_000_000n, at + 48)
  return bytes
}

const ATTRIBUTES = new Map<string, Buffer>()

/** KeyValue with a string value; few distinct ones, so each is encoded once. */
function attribute(key: string, value: string): Buffer {
  const name = `${key}\0${value}`
  const known = ATTRIBUTES.get(name)
  if (known) return known
  const any = bytesField(1, Buffer.from(value))
  const encoded = Buffer.concat([bytesField(1, Buffer.from(key)), bytesField(2, any)])
  ATTRIBUTES.set(name, encoded)
  return encoded
}

function bytesField(field: number, bytes: Uint8Array): Buffer {
  const head = [(field << 3) | 2]
  let length = bytes.length
  for (; length >= 128; length = Math.floor(length / 128)) head.push((length % 128) | 128)
  head.push(length)
  return Buffer.concat([Uint8Array.from(head), bytes])
}

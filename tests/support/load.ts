// Load with a known truth: paired client and server spans between a few services, encoded as OTLP protobuf by
// hand, fast, and the same for the same seed. What an edge must count when everything arrived is beside it.

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

/** A small, fast, seeded generator (mulberry32); 0 <= value < 1. */
function createRandom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
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

/** Never all zero: the first byte is at least 1. */
function randomBytes(random: () => number, length: number): Buffer {
  const bytes = Buffer.alloc(length)
  for (let at = 0; at < length; at++) bytes[at] = Math.floor(random() * 256)
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
    const scopeSpans = Buffer.concat(spans.map((span) => bytesField(2, span)))
    parts.push(bytesField(1, Buffer.concat([bytesField(1, resource), bytesField(2, scopeSpans)])))
  }
  return Buffer.concat(parts)
}

function clientSpan(call: Call): Buffer {
  return Buffer.concat([
    bytesField(1, call.traceId),
    bytesField(2, call.clientId),
    bytesField(5, Buffer.from('GET')),
    Buffer.from([0x30, 3]),
    times(call),
    bytesField(9, attribute('http.request.method', 'GET')),
    bytesField(9, attribute('server.address', LOAD_SERVICES[call.target] ?? '')),
  ])
}

function serverSpan(call: Call): Buffer {
  return Buffer.concat([
    bytesField(1, call.traceId),
    bytesField(2, call.serverId),
    bytesField(4, call.clientId),
    bytesField(5, Buffer.from(`GET ${call.route}`)),
    Buffer.from([0x30, 2]),
    times(call),
    bytesField(9, attribute('http.request.method', 'GET')),
    bytesField(9, attribute('http.route', call.route)),
    ...(call.isError ? [bytesField(15, Buffer.from([0x18, 2]))] : []),
  ])
}

/** start_time_unix_nano (7) and end_time_unix_nano (8), fixed64. */
function times(call: Call): Buffer {
  const bytes = Buffer.alloc(18)
  bytes[0] = 0x39
  bytes.writeBigUInt64LE(BigInt(call.startMs) * 1_000_000n, 1)
  bytes[9] = 0x41
  bytes.writeBigUInt64LE(BigInt(call.startMs + call.durationMs) * 1_000_000n, 10)
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

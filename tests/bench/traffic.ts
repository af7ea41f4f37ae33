// The traffic of a world as OTLP protobuf requests, and the truth about it: calls and errors by edge. Every trace
// id is new. A request carries the spans of many services, grouped by resource as exporters send them; every
// second service sends a request later than the others, so that halves of one call often come apart.
import { attribute, bytesField, fieldHead } from '../support/otlp-bytes.ts'
import { createRandom } from '../support/random.ts'
import type { RequestPlan, SpanPlan, World } from './world.ts'

export type Traffic = {
  /** The next request's body; spans end shortly before endMs (unix ms). */
  readonly next: (endMs: number) => TrafficRequest
  /** What is still to be sent of traces begun, to be asked for until it is null: nothing then. */
  readonly rest: () => TrafficRequest | null
  /** Calls and errors so far, in the order of World.edges, of the traces begun. */
  readonly calls: Float64Array
  readonly errors: Float64Array
}

export type TrafficRequest = { readonly body: Uint8Array; readonly spans: number }

export type TrafficOptions = {
  readonly world: World
  readonly seed: number
  /** About how many: whole traces are begun. Less than a trace has: each trace is cut into such requests. */
  readonly spansPerRequest: number
}

const ERROR_RATIO = 0.02
const PODS = 2
const SCOPE = bytesField(1, bytesField(1, Buffer.from('io.opentelemetry.http-server')))

type Trace = {
  readonly plan: RequestPlan
  /** Words of the trace id, then of each span's id. */
  readonly ids: Uint32Array
  readonly item: number
  readonly pod: number
  readonly endMs: number
  readonly isError: Uint8Array
}

export function createTraffic(options: TrafficOptions): Traffic {
  const { world } = options
  const random = createRandom(options.seed)
  const perTrace = world.requests[0]!.plans.length
  const tracesPerRequest = Math.max(1, Math.floor(options.spansPerRequest / perTrace))
  const calls = new Float64Array(world.edges.length)
  const errors = new Float64Array(world.edges.length)
  const write = createWriter(world)
  const begin = (endMs: number): Trace => {
    const trace = beginTrace(world, random, endMs)
    // Two seeds may meet the same numbers, but never the same trace ids.
    trace.ids[0]! ^= Math.imul(options.seed, 0x9e3779b1)
    trace.plan.plans.forEach(({ edge }, i) => {
      if (edge < 0) return
      calls[edge]! += 1
      errors[edge]! += trace.isError[i]!
    })
    return trace
  }
  if (options.spansPerRequest < perTrace) {
    let parts: readonly (readonly Entry[])[] = []
    const nextPart = () => {
      const [part, ...others] = parts
      parts = others
      return part ? write(part) : null
    }
    const cut = (endMs: number) => {
      parts = cutTrace(begin(endMs), options.spansPerRequest)
      return nextPart()!
    }
    return { calls, errors, next: (endMs) => nextPart() ?? cut(endMs), rest: nextPart }
  }
  let delayed: readonly Trace[] = []
  return {
    calls,
    errors,
    next: (endMs) => {
      const begun = Array.from({ length: tracesPerRequest }, () => begin(endMs))
      const entries = [...pickEntries(delayed, SLOW), ...pickEntries(begun, PROMPT)]
      delayed = begun
      return write(entries)
    },
    rest: () => {
      if (delayed.length === 0) return null
      const entries = pickEntries(delayed, SLOW)
      delayed = []
      return write(entries)
    },
  }
}

function beginTrace(world: World, random: () => number, endMs: number): Trace {
  const plan = world.requests[Math.floor(random() * world.requests.length)]!
  const ids = new Uint32Array(4 + 2 * plan.plans.length)
  for (let word = 0; word < ids.length; word++) ids[word] = random() * 2 ** 32
  ids[1]! |= 1
  const isError = new Uint8Array(plan.plans.length)
  plan.plans.forEach((span, i) => {
    ids[4 + 2 * i]! |= 1
    if (span.edge >= 0 && random() < ERROR_RATIO) isError[i] = 1
  })
  const item = 1000 + Math.floor(random() * 9000)
  return { plan, ids, item, pod: random() < 0.5 ? 0 : 1, endMs, isError }
}

type Entry = { readonly trace: Trace; readonly at: number }

/** Whether a service sends at once or a request later: services take turns. */
const PROMPT = 0
const SLOW = 1

function pickEntries(traces: readonly Trace[], lag: number): Entry[] {
  const entries: Entry[] = []
  for (const trace of traces)
    trace.plan.plans.forEach((span, at) => {
      if (span.service % 2 === lag) entries.push({ trace, at })
    })
  return entries
}

function cutTrace(trace: Trace, spansPerRequest: number): Entry[][] {
  const entries = trace.plan.plans.map((_, at) => ({ trace, at }))
  const parts = Math.ceil(entries.length / spansPerRequest)
  return Array.from({ length: parts }, (_, part) =>
    entries.slice(part * spansPerRequest, (part + 1) * spansPerRequest),
  )
}

/** Writes spans as one request, grouped by resource. */
function createWriter(world: World): (entries: readonly Entry[]) => TrafficRequest {
  const resources = world.services.flatMap((service) =>
    Array.from({ length: PODS }, (_, pod) => encodeResource(service, pod)),
  )
  return (entries) => {
    const groups = new Map<number, Entry[]>()
    const sizes = new Map<number, number>()
    for (const entry of entries) {
      const span = entry.trace.plan.plans[entry.at]!
      const group = span.service * PODS + entry.trace.pod
      const known = groups.get(group)
      if (known) known.push(entry)
      else groups.set(group, [entry])
      sizes.set(group, (sizes.get(group) ?? SCOPE.length) + span.bytes.length)
    }
    const heads = [...groups.keys()].map((group) => {
      const scope = fieldHead(2, sizes.get(group)!)
      const resource = resources[group]!
      const head = fieldHead(1, resource.length + scope.length + sizes.get(group)!)
      return { group, bytes: Buffer.concat([head, resource, scope, SCOPE]) }
    })
    let length = 0
    for (const { group, bytes } of heads) length += bytes.length + sizes.get(group)! - SCOPE.length
    return writeGroups(heads, groups, length)
  }
}

function writeGroups(
  heads: readonly { readonly group: number; readonly bytes: Buffer }[],
  groups: ReadonlyMap<number, readonly Entry[]>,
  length: number,
): TrafficRequest {
  const body = new Uint8Array(length)
  const view = new DataView(body.buffer)
  let at = 0
  let spans = 0
  for (const { group, bytes } of heads) {
    body.set(bytes, at)
    at += bytes.length
    for (const { trace, at: position } of groups.get(group)!) {
      const plan = trace.plan.plans[position]!
      body.set(plan.bytes, at)
      fillIn(view, at, trace, position, plan)
      at += plan.bytes.length
      spans++
    }
  }
  return { body, spans }
}

function fillIn(view: DataView, at: number, trace: Trace, position: number, plan: SpanPlan): void {
  const { ids } = trace
  for (let word = 0; word < 4; word++) view.setUint32(at + plan.traceIdAt + 4 * word, ids[word]!)
  writeSpanId(view, at + plan.spanIdAt, ids, position)
  if (plan.parent >= 0) writeSpanId(view, at + plan.parentAt, ids, plan.parent)
  writeNanos(view, at + plan.startAt, trace.endMs - plan.durationMs - (trace.item % 7))
  writeNanos(view, at + plan.endAt, trace.endMs)
  if (trace.isError[position] === 1) view.setUint8(at + plan.statusAt, 2)
  for (const itemAt of plan.itemsAt) writeItem(view, at + itemAt, trace.item)
}

function writeSpanId(view: DataView, at: number, ids: Uint32Array, position: number): void {
  view.setUint32(at, ids[4 + 2 * position]!)
  view.setUint32(at + 4, ids[5 + 2 * position]!)
}

/** Exact to 256 ns, the step of a double at this size. */
function writeNanos(view: DataView, at: number, unixMs: number): void {
  const nanos = unixMs * 1e6
  const high = Math.floor(nanos / 2 ** 32)
  view.setUint32(at, nanos - high * 2 ** 32, true)
  view.setUint32(at + 4, high, true)
}

function writeItem(view: DataView, at: number, item: number): void {
  let rest = item
  for (let digit = 3; digit >= 0; digit--) {
    view.setUint8(at + digit, 48 + (rest % 10))
    rest = Math.floor(rest / 10)
  }
}

function encodeResource(service: string, pod: number): Buffer {
  const attributes = [
    attribute('service.name', service),
    attribute('service.version', '2.14.1'),
    attribute('deployment.environment.name', 'production'),
    attribute('telemetry.sdk.language', 'java'),
    attribute('k8s.pod.name', `${service}-6f7d9c5b4-${pod}`),
    attribute('host.name', `node-${pod + 11}`),
  ]
  return bytesField(1, Buffer.concat(attributes.map((one) => bytesField(1, one))))
}

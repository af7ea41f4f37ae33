// The collector's own spans, and where they end: what only brings Strayline's own spans along (their requests, the
// commits of what they tell, a position that merely moved) makes no span. So watching itself it is quiet when
// nothing else happens, instead of feeding on itself.
import type { GraphDelta } from '../core/graph/edge.ts'
import type { SpanBatch } from '../core/span/batch.ts'
import { RESOURCE_KEYS } from '../core/span/keys.ts'
import { type OwnSpan, tracing, untraced } from '../telemetry/trace.ts'
import type { BodyFormat } from './receive/accept.ts'

export type Transport = 'http' | 'grpc'

export type Receipt = {
  readonly transport: Transport
  readonly format: BodyFormat
  /** Unix ms at which its body was there. */
  readonly startMs: number
}

const SERVICE_NAME = RESOURCE_KEYS.findIndex((key) => key.name === 'service.name')

/** A server span for a request that was accepted. */
export function noteReceipt(batch: SpanBatch, receipt: Receipt): void {
  const active = tracing()
  if (active === null || isOwn(active.ownServices, serviceNames(batch))) return
  active.note({ ...receiptSpan(receipt), startMs: receipt.startMs })
}

/** Runs a commit, with the spans that storage makes unless it is one for our own telemetry. */
export function traceCommit<T>(delta: GraphDelta | null, commit: () => T): T {
  const own = tracing()?.ownServices
  if (own === undefined) return commit()
  const services = delta?.nodes.filter((node) => node.kind === 'service') ?? []
  return isOwn(own, new Set(services.map((node) => node.name))) ? untraced(commit) : commit()
}

function isOwn(own: ReadonlySet<string>, services: ReadonlySet<string>): boolean {
  return services.isSubsetOf(own)
}

function serviceNames(batch: SpanBatch): ReadonlySet<string> {
  const nameOf = ({ keys, values }: SpanBatch['resourceSets'][number]) => {
    const at = keys.indexOf(SERVICE_NAME)
    return at < 0 ? '' : (batch.strings[values[at] ?? 0] ?? '')
  }
  return new Set(batch.resourceSets.map(nameOf))
}

function receiptSpan({ transport, format }: Receipt): OwnSpan {
  if (transport === 'grpc') {
    const service = 'opentelemetry.proto.collector.trace.v1.TraceService'
    const rpc = { 'rpc.system.name': 'grpc', 'rpc.service': service, 'rpc.method': 'Export' }
    return { name: `${service}/Export`, kind: 'server', attributes: rpc }
  }
  const route = format === 'zipkin' ? '/api/v2/spans' : '/v1/traces'
  const http = { 'http.request.method': 'POST', 'http.route': route }
  return { name: `POST ${route}`, kind: 'server', attributes: http }
}

// The shop's telemetry as real services send it: the OpenTelemetry SDK, for each service a tracer provider with
// its own resource, batch processor and OTLP exporter, some over gRPC, some over HTTP.
import { Metadata } from '@grpc/grpc-js'
import { ROOT_CONTEXT, SpanKind, SpanStatusCode, type Tracer, trace } from '@opentelemetry/api'
import { type ExportResult, ExportResultCode } from '@opentelemetry/core'
import { OTLPTraceExporter as GrpcExporter } from '@opentelemetry/exporter-trace-otlp-grpc'
import { OTLPTraceExporter as HttpExporter } from '@opentelemetry/exporter-trace-otlp-proto'
import { defaultResource, resourceFromAttributes } from '@opentelemetry/resources'
import {
  BatchSpanProcessor,
  type IdGenerator,
  type ReadableSpan,
  type SpanExporter,
  TracerProvider,
} from '@opentelemetry/sdk-trace'
import type { ResourceAttributes, Service } from './services.ts'
import { type DrawnSpan, traceDurationMs } from './traces.ts'

export type Target = {
  /** OTLP/HTTP and OTLP/gRPC of one collector, without a path. */
  readonly httpUrl: string
  readonly grpcUrl: string
  readonly token: string | null
}

export type Shop = {
  readonly target: Target
  readonly ids: IdGenerator
  readonly describe: (service: Service) => ResourceAttributes
  readonly running: Map<string, Running>
  readonly sent: Sent
}

/** What the collector has acknowledged, and the last export it did not take. */
type Sent = { spans: number; failure: Error | null }

type Running = { readonly provider: TracerProvider; readonly tracer: Tracer }

const EXPORT_EVERY_MS = 250
const EXPORT_WITHIN_MS = 10_000
const QUEUED_SPANS_MAX = 20_000
const KINDS = {
  server: SpanKind.SERVER,
  client: SpanKind.CLIENT,
  producer: SpanKind.PRODUCER,
  consumer: SpanKind.CONSUMER,
  internal: SpanKind.INTERNAL,
} as const

export function openShop(parts: Pick<Shop, 'target' | 'ids' | 'describe'>): Shop {
  return { ...parts, running: new Map(), sent: { spans: 0, failure: null } }
}

/** Ends all spans of a trace, the last one at endMs (unix ms). They leave with the next batch of their service. */
export function emitTrace(shop: Shop, root: DrawnSpan, endMs: number): void {
  emitSpan(shop, root, { startMs: endMs - traceDurationMs(root), context: ROOT_CONTEXT })
}

/** Sends what is queued; resolves when the collector has acknowledged it, or refused it: see shop.sent. */
export async function flushShop(shop: Shop): Promise<void> {
  await Promise.allSettled([...shop.running.values()].map(({ provider }) => provider.forceFlush()))
}

export async function closeShop(shop: Shop): Promise<void> {
  await Promise.allSettled([...shop.running.values()].map(({ provider }) => provider.shutdown()))
}

type Place = { readonly startMs: number; readonly context: typeof ROOT_CONTEXT }

function emitSpan(shop: Shop, drawn: DrawnSpan, place: Place): void {
  const { tracer } = runService(shop, drawn.service)
  const startMs = place.startMs + drawn.startMs
  const options = {
    kind: KINDS[drawn.kind],
    attributes: drawn.attributes,
    startTime: new Date(startMs),
  }
  const span = tracer.startSpan(drawn.name, options, place.context)
  if (drawn.isError) span.setStatus({ code: SpanStatusCode.ERROR })
  const context = trace.setSpan(place.context, span)
  for (const below of drawn.below) emitSpan(shop, below, { ...place, context })
  span.end(new Date(startMs + drawn.durationMs))
}

/** Started when it is first needed: a new version of a service is another process. */
function runService(shop: Shop, service: Service): Running {
  const key = `${service.name} ${service.version}`
  const known = shop.running.get(key)
  if (known) return known
  const provider = new TracerProvider({
    resource: defaultResource().merge(resourceFromAttributes(shop.describe(service))),
    idGenerator: shop.ids,
    spanProcessors: [
      new BatchSpanProcessor({
        exporter: counted(openExporter(shop.target, service.exporter), shop.sent),
        scheduledDelayMillis: EXPORT_EVERY_MS,
        exportTimeoutMillis: EXPORT_WITHIN_MS,
        maxQueueSize: QUEUED_SPANS_MAX,
      }),
    ],
  })
  const running = { provider, tracer: provider.getTracer('shop', service.version) }
  shop.running.set(key, running)
  return running
}

function openExporter(target: Target, protocol: Service['exporter']): SpanExporter {
  const { token } = target
  const timeoutMillis = EXPORT_WITHIN_MS
  if (protocol === 'http') {
    const headers = token === null ? {} : { authorization: `Bearer ${token}` }
    return new HttpExporter({ url: `${target.httpUrl}/v1/traces`, headers, timeoutMillis })
  }
  const metadata = new Metadata()
  if (token !== null) metadata.set('authorization', `Bearer ${token}`)
  return new GrpcExporter({ url: target.grpcUrl, metadata, timeoutMillis })
}

/** The exporter, and a note of what became of each batch: the SDK itself only logs a failure. */
function counted(exporter: SpanExporter, sent: Sent): SpanExporter {
  return {
    export: (spans: ReadableSpan[], done: (result: ExportResult) => void) =>
      exporter.export(spans, (result) => {
        if (result.code === ExportResultCode.SUCCESS) sent.spans += spans.length
        else sent.failure = result.error ?? new Error('the collector did not take the spans')
        done(result)
      }),
    forceFlush: () => exporter.forceFlush?.() ?? Promise.resolve(),
    shutdown: () => exporter.shutdown(),
  }
}

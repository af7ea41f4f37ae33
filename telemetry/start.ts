// Starts the OpenTelemetry SDK of a process (and of each worker thread that traces) when an endpoint is set, and
// loads it only then. Export requests are never traced: the SDK suppresses tracing in them, and no HTTP client of
// ours is instrumented. What a receiver does with our own spans is not traced either, see `ownServices`.
import { setTimeout as sleep } from 'node:timers/promises'
import type { Context, Span } from '@opentelemetry/api'
import { readTelemetryConfig, type TelemetryConfig } from './config.ts'
import { type OwnSpan, setTracing, type Tracing } from './trace.ts'

const SERVICES = {
  web: 'strayline-web',
  collector: 'strayline-collector',
  notify: 'strayline-notify',
} as const
/** Of its own, so that Strayline watching itself stays apart from what it watches. */
const ENVIRONMENT = 'strayline'
/** Spans that nobody takes must not hold up a stop. */
const STOP_WITHIN_MS = 1_000
/** Different reasons that are told, in the life of a process. */
const REASONS_MAX = 10

export type RunningTelemetry = {
  /** Sends what is left, within a second. Never rejects. */
  readonly stop: () => Promise<void>
}

/** Call before the first connection to the database is opened: pools look once whether tracing is on. */
export async function startTelemetry(name: keyof typeof SERVICES): Promise<RunningTelemetry> {
  const config = readTelemetryConfig()
  return config === null ? { stop: async () => {} } : startSdk(SERVICES[name], config)
}

async function startSdk(service: string, config: TelemetryConfig): Promise<RunningTelemetry> {
  const { startNodeSdk } = await import('@opentelemetry/sdk-node')
  const resources = await import('@opentelemetry/resources')
  const api = await import('@opentelemetry/api')
  const { setGlobalErrorHandler, suppressTracing } = await import('@opentelemetry/core')
  // The lowest priority: OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES win.
  const ours = resources.resourceFromAttributes({
    'service.name': service,
    'service.version': config.version,
    'deployment.environment.name': ENVIRONMENT,
  })
  const sdk = startNodeSdk({
    baseResource: resources.defaultResource().merge(ours),
    logLevel: config.logLevel,
    metricReaders: [],
    logRecordProcessors: [],
  })
  const ownServices = new Set<string>([...Object.values(SERVICES), readGivenName(resources)])
  setTracing(createTracing(api, suppressTracing, ownServices))
  let complain: typeof complainOnce | null = complainOnce
  const told = new Set<string>()
  setGlobalErrorHandler((error) => complain?.(error, told))
  return {
    stop: async () => {
      // A receiver that has gone before us is no news at the end.
      complain = null
      api.diag.disable()
      const given = sdk.shutdown().catch(() => {})
      await Promise.race([given, sleep(STOP_WITHIN_MS, null, { ref: false })])
    },
  }
}

/** One sentence a reason: an endpoint that refuses does so again and again. */
function complainOnce(error: unknown, told: Set<string>): void {
  const message = error instanceof Error ? error.message : String(error)
  const reason = message.split('\n')[0]?.slice(0, 200) ?? ''
  if (told.has(reason) || told.size >= REASONS_MAX) return
  told.add(reason)
  const advice = 'look at the OTEL_* variables, docs/guide/self-observation.md'
  process.stderr.write(`Traces of our own cannot be sent (${reason}): ${advice}.\n`)
}

/** The one name that the user gave all processes, or ''. */
function readGivenName(resources: typeof import('@opentelemetry/resources')): string {
  const { detectResources, resourceAttributesEnvDetector, serviceNameEnvDetector } = resources
  const detectors = [resourceAttributesEnvDetector, serviceNameEnvDetector]
  return String(detectResources({ detectors }).attributes['service.name'] ?? '')
}

function createTracing(
  api: typeof import('@opentelemetry/api'),
  suppressTracing: (context: Context) => Context,
  ownServices: ReadonlySet<string>,
): Tracing {
  const tracer = api.trace.getTracerProvider().getTracer('strayline')
  // Libraries that look for a global tracer (Next, better-auth) put query strings into their spans, and a setup
  // link is one: the tracer is ours alone.
  api.trace.disable()
  const kinds = {
    internal: api.SpanKind.INTERNAL,
    server: api.SpanKind.SERVER,
    client: api.SpanKind.CLIENT,
  }
  const optionsOf = ({ kind, attributes }: OwnSpan) => ({ kind: kinds[kind], attributes })
  const fail = (span: Span, error: unknown) => {
    span.setAttribute('error.type', typeOf(error))
    span.setStatus({ code: api.SpanStatusCode.ERROR })
  }
  return {
    ownServices,
    inSpan: (own, work) =>
      tracer.startActiveSpan(own.name, optionsOf(own), async (span) => {
        try {
          return await work((attributes, isError) => {
            span.setAttributes(attributes)
            if (isError) span.setStatus({ code: api.SpanStatusCode.ERROR })
          })
        } catch (error) {
          fail(span, error)
          throw error
        } finally {
          span.end()
        }
      }),
    note: ({ startMs, ...own }) => {
      tracer.startSpan(own.name, { ...optionsOf(own), startTime: startMs }).end()
    },
    untraced: (work) => api.context.with(suppressTracing(api.ROOT_CONTEXT), work),
    inTraceOf: (headers, work) =>
      api.context.with(api.propagation.extract(api.ROOT_CONTEXT, headers), work),
  }
}

/** Never the message: a driver may quote a value in it. */
function typeOf(error: unknown): string {
  if (!(error instanceof Error)) return '_OTHER'
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name
}

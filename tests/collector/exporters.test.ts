// The exporters of the OpenTelemetry SDK, as applications use them.
import { type Exception, SpanKind, SpanStatusCode } from '@opentelemetry/api'
import { OTLPTraceExporter as GrpcExporter } from '@opentelemetry/exporter-trace-otlp-grpc'
import { OTLPTraceExporter as JsonExporter } from '@opentelemetry/exporter-trace-otlp-http'
import { OTLPTraceExporter as ProtobufExporter } from '@opentelemetry/exporter-trace-otlp-proto'
import { resourceFromAttributes } from '@opentelemetry/resources'
import { BatchSpanProcessor, type SpanExporter, TracerProvider } from '@opentelemetry/sdk-trace'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startReceivers, type TestReceivers } from '../support/receivers.ts'

let receivers: TestReceivers
beforeAll(async () => {
  receivers = await startReceivers()
})
afterAll(() => receivers.stop())

const grpcUrl = () => `http://127.0.0.1:${receivers.grpcPort}`
const httpUrl = () => `${receivers.httpUrl}/v1/traces`
type Compression = NonNullable<
  NonNullable<ConstructorParameters<typeof GrpcExporter>[0]>['compression']
>
const gzip = 'gzip' as Compression

test.each<[string, () => SpanExporter]>([
  ['gRPC', () => new GrpcExporter({ url: grpcUrl() })],
  ['gRPC, gzip', () => new GrpcExporter({ url: grpcUrl(), compression: gzip })],
  ['HTTP protobuf', () => new ProtobufExporter({ url: httpUrl() })],
  ['HTTP protobuf, gzip', () => new ProtobufExporter({ url: httpUrl(), compression: gzip })],
  ['HTTP JSON', () => new JsonExporter({ url: httpUrl() })],
  ['HTTP JSON, gzip', () => new JsonExporter({ url: httpUrl(), compression: gzip })],
])('spans exported over %s arrive whole', async (_name, createExporter) => {
  const before = (await receivers.batches()).length
  const processor = new BatchSpanProcessor({ exporter: createExporter() })
  const provider = new TracerProvider({
    resource: resourceFromAttributes({ 'service.name': 'web', 'service.version': '1.2.3' }),
    spanProcessors: [processor],
  })
  const tracer = provider.getTracer('test')
  const attributes = { 'server.address': 'db.internal', secret: 'never kept' }
  const span = tracer.startSpan('call', { kind: SpanKind.CLIENT, attributes })
  span.setStatus({ code: SpanStatusCode.ERROR })
  span.recordException({ name: 'Error', message: 'kept nowhere' } satisfies Exception)
  span.end()
  await provider.forceFlush()
  await provider.shutdown()
  const [batch, ...others] = (await receivers.batches()).slice(before)
  expect(others).toEqual([])
  expect(batch?.count).toBe(1)
  expect(Buffer.from(batch?.traceIds ?? []).toString('hex')).toBe(span.spanContext().traceId)
  expect(batch?.strings).toEqual(expect.arrayContaining(['web', '1.2.3', 'db.internal']))
  expect(batch?.strings.join()).not.toMatch(/never kept|kept nowhere/)
  expect([...(batch?.flags ?? [])].map((flags) => flags & 1)).toEqual([1])
})

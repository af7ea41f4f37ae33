// One service of the test shop, as its own process: real OpenTelemetry SDK, real OTLP exporter, real HTTP
// to the other services. What it does for a request is the request's body: a plan of further calls.
import { createServer, type IncomingMessage, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { context, propagation, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api'
import { OTLPTraceExporter as GrpcExporter } from '@opentelemetry/exporter-trace-otlp-grpc'
import { OTLPTraceExporter as ProtoExporter } from '@opentelemetry/exporter-trace-otlp-proto'
import { resourceFromAttributes } from '@opentelemetry/resources'
import { NodeSDK } from '@opentelemetry/sdk-node'
import { BatchSpanProcessor } from '@opentelemetry/sdk-trace'
import type { Call } from './plan.ts'

const setup = JSON.parse(process.argv[2] ?? '{}') as {
  readonly name: string
  readonly environment: string
  readonly exporter: { readonly protocol: 'grpc' | 'http'; readonly url: string }
}

const exporter =
  setup.exporter.protocol === 'grpc'
    ? new GrpcExporter({ url: setup.exporter.url })
    : new ProtoExporter({ url: setup.exporter.url })
const processor = new BatchSpanProcessor({ exporter, scheduledDelayMillis: 200 })
const sdk = new NodeSDK({
  resource: resourceFromAttributes({
    'service.name': setup.name,
    'service.version': '1.0.0',
    'deployment.environment.name': setup.environment,
  }),
  spanProcessors: [processor],
})
sdk.start()
const tracer = trace.getTracer('shop')

const server = createServer((incoming, outgoing) => {
  void answer(incoming).then(
    () => outgoing.end('ok'),
    (error: unknown) => {
      outgoing.statusCode = 500
      outgoing.end(String(error))
    },
  )
})
server.listen(0, '127.0.0.1', () => {
  process.send?.({ port: (server.address() as AddressInfo).port })
})
process.on('message', (message) => {
  if (message === 'flush') void processor.forceFlush().then(() => process.send?.('flushed'))
})
process.on('disconnect', () => process.exit(0))

async function answer(incoming: IncomingMessage): Promise<void> {
  const calls = JSON.parse(await readBody(incoming)) as readonly Call[]
  const parent = propagation.extract(context.active(), incoming.headers)
  const attributes = {
    'http.request.method': 'POST',
    'http.route': incoming.url ?? '/',
    'url.scheme': 'http',
  }
  const span = tracer.startSpan(
    `POST ${incoming.url}`,
    { kind: SpanKind.SERVER, attributes },
    parent,
  )
  await context.with(trace.setSpan(parent, span), async () => {
    for (const call of calls) await perform(call)
  })
  span.end()
}

async function perform(call: Call): Promise<void> {
  const span = tracer.startSpan(call.name, { kind: SpanKind.CLIENT, attributes: call.attributes })
  if (call.isError) span.setStatus({ code: SpanStatusCode.ERROR })
  if (call.url !== undefined)
    await context.with(trace.setSpan(context.active(), span), () => post(call))
  span.end()
}

async function post(call: Call): Promise<void> {
  const headers: Record<string, string> = {}
  propagation.inject(context.active(), headers)
  await new Promise<void>((resolve, reject) => {
    const outgoing = request(call.url ?? '', { method: 'POST', headers }, (response) => {
      response.resume()
      response.on('end', () => resolve())
    })
    outgoing.on('error', reject)
    outgoing.end(JSON.stringify(call.below ?? []))
  })
}

async function readBody(incoming: IncomingMessage): Promise<string> {
  let body = ''
  for await (const chunk of incoming) body += chunk
  return body
}

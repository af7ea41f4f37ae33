// One service of the example's shop, a process of its own: the real OpenTelemetry SDK, which finds its exporter in
// the environment, and real HTTP between services. The databases are not there; their clients' spans are.
import { createServer } from 'node:http'
import { context, propagation, SpanKind, trace } from '@opentelemetry/api'
import { NodeSDK } from '@opentelemetry/sdk-node'
import { CALLS } from './calls.mjs'

const [name] = process.argv.slice(2)
const sdk = new NodeSDK({ serviceName: name })
sdk.start()
const tracer = trace.getTracer('shop')
let addresses = {}

const server = createServer(async (request, response) => {
  const parent = propagation.extract(context.active(), request.headers)
  const attributes = { 'http.request.method': 'GET', 'http.route': '/' }
  const span = tracer.startSpan('GET /', { kind: SpanKind.SERVER, attributes }, parent)
  await context.with(trace.setSpan(parent, span), async () => {
    for (const target of CALLS[name]) await call(target)
  })
  span.end()
  response.end(name)
})
server.listen(0, '127.0.0.1', () => process.send({ port: server.address().port }))
process.on('message', (message) => {
  addresses = message
})
process.on('disconnect', async () => {
  await sdk.shutdown()
  process.exit(0)
})

async function call(target) {
  const [kind, database] = target.split(':')
  const attributes =
    kind === 'database'
      ? { 'db.system.name': 'postgresql', 'db.namespace': database, 'db.operation.name': 'SELECT' }
      : { 'http.request.method': 'GET', 'server.address': target }
  const span = tracer.startSpan(target, { kind: SpanKind.CLIENT, attributes })
  const headers = {}
  propagation.inject(trace.setSpan(context.active(), span), headers)
  if (kind !== 'database') await (await fetch(addresses[target], { headers })).text()
  span.end()
}

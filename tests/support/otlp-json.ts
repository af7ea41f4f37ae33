// Calls between services as an OTLP/JSON request: few words for tests that need edges, not load.
import { randomBytes } from 'node:crypto'

/** One call of a service to each of these, both halves, ended now. */
export function callJson(source: string, ...targets: readonly string[]): string {
  const nowMs = Date.now()
  const times = {
    startTimeUnixNano: `${nowMs - 10}000000`,
    endTimeUnixNano: `${nowMs}000000`,
  }
  const spansOf = new Map<string, object[]>()
  const add = (service: string, span: object) =>
    spansOf.set(service, [...(spansOf.get(service) ?? []), { ...span, ...times, name: 'GET' }])
  for (const target of targets) {
    const traceId = randomBytes(16).toString('hex')
    const [client, server] = [randomBytes(8).toString('hex'), randomBytes(8).toString('hex')]
    add(source, { traceId, spanId: client, kind: 3 })
    add(target, { traceId, spanId: server, parentSpanId: client, kind: 2 })
  }
  const resourceSpans = [...spansOf].map(([service, spans]) => ({
    resource: { attributes: [{ key: 'service.name', value: { stringValue: service } }] },
    scopeSpans: [{ spans }],
  }))
  return JSON.stringify({ resourceSpans })
}

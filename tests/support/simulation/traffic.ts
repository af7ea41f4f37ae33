// Traffic of a simulated run: small traces of every kind the fold knows, cut into requests at random. Apart:
// halves of a trace come in different requests. Together: a trace lies whole in one request.
import type { SpanBatch } from '../../../core/span/batch.ts'
import { pickBelow, type Random, shuffle } from '../random.ts'
import { batchOf, span, type TestSpan } from '../spans.ts'

export type Halves = 'apart' | 'together'

const TRACES = 12
const REQUESTS = 10
const SERVICES = ['shop', 'cart', 'billing', 'stock'] as const

/** The same batches for the same generator and choice. */
export function createTraffic(random: Random, halves: Halves): readonly SpanBatch[] {
  const requests: TestSpan[][] = Array.from({ length: REQUESTS }, () => [])
  for (let trace = 1; trace <= TRACES; trace++) {
    const whole = pickBelow(random, REQUESTS)
    for (const one of createTrace(random, trace, halves))
      requests[halves === 'together' ? whole : pickBelow(random, REQUESTS)]!.push(one)
  }
  return requests
    .filter((spans) => spans.length > 0)
    .map((spans) => batchOf(shuffle(random, spans)))
}

function createTrace(random: Random, trace: number, halves: Halves): TestSpan[] {
  const pick = <T>(values: readonly T[]): T => values[pickBelow(random, values.length)]!
  const [source, target] = [pick(SERVICES), pick(SERVICES)]
  const isError = random() < 0.2
  const http = { 'http.request.method': 'GET', 'server.address': `${target}.example` }
  const entry = span({ id: 1, trace, service: source, kind: 'server' })
  const client = { id: 2, trace, parent: 1, service: source, isError, attributes: http }
  const call = span({ ...client, kind: 'client' })
  const answer = span({ id: 3, trace, parent: 2, service: target, kind: 'server' })
  const query = span({
    ...{ id: 4, trace, parent: 3, service: target, kind: 'client' },
    attributes: { 'db.system.name': 'postgresql', 'db.namespace': `${target}-db` },
  })
  const queue = { 'messaging.system': 'kafka', 'messaging.destination.name': 'jobs' }
  const send = span({
    ...{ id: 5, trace, parent: 1, service: source, kind: 'producer', attributes: queue },
  })
  // A link to another trace needs it at hand: only where traces are not drained in between.
  const linked = halves === 'apart' ? 1 + pickBelow(random, TRACES) : trace
  const take = span({
    ...{ id: 6, trace, service: target, kind: 'consumer', links: [{ trace: linked, id: 5 }] },
  })
  const orphan = span({ id: 7, trace, parent: 99, service: target, kind: 'server' })
  const shapes = [
    [entry, call, answer, query],
    [call, answer],
    [entry, call],
    [send, take],
    [entry, send, take, call, answer],
    [orphan, query],
  ]
  return pick(shapes)
}

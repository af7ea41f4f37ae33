// Calls between services as OTLP/JSON requests, for tests of what the browser shows: quick, of any shape,
// with any name. The real SDK is the matter of flow.spec.ts.
import { randomBytes } from 'node:crypto'

export type Call = {
  readonly source: string
  readonly target: string
  readonly kind: 'service' | 'database' | 'external'
}

/** '>': service, '>>': database, '~>': external host. */
export function calls(text: string): Call[] {
  return text
    .trim()
    .split('\n')
    .map((line) => {
      const [, source, arrow, target] = /^\s*(\S+) (>>|~>|>) (\S+)\s*$/.exec(line) ?? []
      if (!source || !target) throw new Error(`not a call: ${line}`)
      const kind = arrow === '>' ? 'service' : arrow === '>>' ? 'database' : 'external'
      return { source, target, kind }
    })
}

/** Sends each call as a trace of its own. Errors: rejects unless everything was accepted. */
export async function sendCalls(
  otlpHttpPort: number,
  environment: string,
  list: readonly Call[],
  token?: string,
): Promise<void> {
  const resourceSpans = list.flatMap((call) => traceOf(call, environment))
  const answer = await fetch(`http://127.0.0.1:${otlpHttpPort}/v1/traces`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    },
    body: JSON.stringify({ resourceSpans }),
  })
  const text = await answer.text()
  if (!answer.ok || text.includes('rejectedSpans')) throw new Error(`${answer.status} ${text}`)
}

const id = (bytes: number) => randomBytes(bytes).toString('hex')
const attribute = (key: string, value: string) => ({ key, value: { stringValue: value } })

function traceOf({ source, target, kind }: Call, environment: string): object[] {
  const traceId = id(16)
  const [root, client, server] = [id(8), id(8), id(8)]
  const at = { start: BigInt(Date.now()) * 1_000_000n - 50_000_000n, traceId }
  const own = [
    span({ ...at, spanId: root, parentSpanId: '', kind: 1, name: 'work', attributes: [] }),
    span({
      ...at,
      spanId: client,
      parentSpanId: root,
      kind: 3,
      name: 'POST',
      attributes: peerOf(target, kind),
    }),
  ]
  const sides = [resource(source, environment, own)]
  if (kind === 'service') {
    const attributes = [attribute('http.request.method', 'POST'), attribute('http.route', '/work')]
    const half = span({
      ...at,
      spanId: server,
      parentSpanId: client,
      kind: 2,
      name: 'POST /work',
      attributes,
    })
    sides.push(resource(target, environment, [half]))
  }
  return sides
}

function peerOf(target: string, kind: Call['kind']): object[] {
  if (kind === 'database')
    return [attribute('db.system.name', 'postgresql'), attribute('server.address', target)]
  return [
    attribute('http.request.method', 'POST'),
    ...(kind === 'external' ? [attribute('server.address', target)] : []),
  ]
}

type SpanParts = {
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId: string
  readonly kind: number
  readonly name: string
  readonly start: bigint
  readonly attributes: readonly object[]
}

function span({ start, ...parts }: SpanParts): object {
  return {
    ...parts,
    startTimeUnixNano: String(start),
    endTimeUnixNano: String(start + 20_000_000n),
  }
}

function resource(service: string, environment: string, spans: readonly object[]): object {
  const attributes = [
    attribute('service.name', service),
    attribute('deployment.environment.name', environment),
  ]
  return { resource: { attributes }, scopeSpans: [{ spans }] }
}

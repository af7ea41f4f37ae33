// OTLP over HTTP, Zipkin v2 JSON, and the probes, on one port. Each request: route, token, type, body, accept,
// answer; answers follow the OTLP specification (opentelemetry.io/docs/specs/otlp, "OTLP/HTTP Response"): the
// body is in the request's own format, failures are google.rpc.Status, only 429 and 503 may be retried.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { Encoding } from '../../core/span/otlp/messages.ts'
import { acceptTraces, type BodyFormat, countUp, type Intake } from './accept.ts'
import {
  acceptedAnswer,
  type HttpAnswer,
  refusedAnswer,
  StatusCode,
  textAnswer,
  unavailableAnswer,
} from './answers.ts'
import { type BodyReader, createBodyReader, type ReadBody, readBody } from './body.ts'
import { isAuthorized } from './limits.ts'

export type HttpTimeouts = {
  readonly headersMs: number
  /** From the first byte of a request to the last one of its body. */
  readonly requestMs: number
  /** How often the two are checked. */
  readonly checkMs: number
  readonly keepAliveMs: number
}

export const DEFAULT_HTTP_TIMEOUTS: HttpTimeouts = {
  headersMs: 10_000,
  requestMs: 30_000,
  checkMs: 1_000,
  keepAliveMs: 75_000,
}

/** What the probes tell. */
export type Probes = {
  readonly readReadiness: () => Readiness
  /** Prometheus text. */
  readonly readMetrics: () => string
}

export type Readiness = {
  readonly isReady: boolean
  readonly checks: { readonly [check: string]: { readonly ok: boolean; readonly value: unknown } }
}

/** Idle ones are cheap; beyond these nobody is let in. */
const CONNECTIONS_MAX = 8_000
const HEADER_BYTES_MAX = 16 * 1024
const HEADERS_MAX = 100
const BUSY_RETRY_AFTER_MS = 1_000

/** A server that is not listening yet. Bugs of a handler end the process: nothing is swallowed here. */
export function createHttpReceiver(
  intake: Intake,
  probes: Probes,
  timeouts: HttpTimeouts = DEFAULT_HTTP_TIMEOUTS,
): Server {
  const reader = createBodyReader(intake.bodyLimits, intake.budget)
  const server = createServer({
    maxHeaderSize: HEADER_BYTES_MAX,
    headersTimeout: timeouts.headersMs,
    requestTimeout: timeouts.requestMs,
    connectionsCheckingInterval: timeouts.checkMs,
    keepAliveTimeout: timeouts.keepAliveMs,
  })
  server.maxHeadersCount = HEADERS_MAX
  server.maxConnections = CONNECTIONS_MAX
  server.on('drop', () => countUp(intake.counters.limits, 'connections'))
  server.on('request', (request, response) => {
    response.on('error', () => {})
    void answerRequest({ intake, probes, reader }, request, response)
  })
  return server
}

type Parts = { readonly intake: Intake; readonly probes: Probes; readonly reader: BodyReader }

async function answerRequest(
  parts: Parts,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const path = (request.url ?? '/').split('?')[0]
  switch (path) {
    case '/v1/traces':
      return send(response, await answerTraces(parts, request, readFormat(request)))
    case '/api/v2/spans':
      return send(response, await answerTraces(parts, request, 'zipkin'))
    case '/v1/metrics':
    case '/v1/logs':
      return send(response, answerOtherSignal(parts, request, path.slice('/v1/'.length)))
    case '/healthz':
      return send(response, onlyGet(request) ?? textAnswer(200, 'ok\n'))
    case '/readyz':
      return send(response, onlyGet(request) ?? answerReadiness(parts.probes.readReadiness()))
    case '/metrics':
      return send(response, onlyGet(request) ?? textAnswer(200, parts.probes.readMetrics()))
    default:
      return send(response, textAnswer(404, 'not found\n'))
  }
}

async function answerTraces(
  parts: Parts,
  request: IncomingMessage,
  format: BodyFormat | null,
): Promise<HttpAnswer | null> {
  const { intake, reader } = parts
  const refusal = checkRequest(intake, request, format)
  if (refusal) return counted(intake, format, refusal)
  const body = await readBody(reader, request)
  if (body.kind === 'gone') return null
  if (body.kind !== 'body') return counted(intake, format, answerBadBody(intake, body, format))
  try {
    const how = { format: format ?? 'protobuf', transport: 'http' } as const
    const answer = await acceptTraces(intake, body, how)
    if (answer.kind === 'accepted')
      return counted(intake, format, acceptedAnswer(format, answer.rejected))
    if (answer.kind === 'unavailable')
      return counted(intake, format, unavailableAnswer(format, answer))
    const refused = { status: 400, code: StatusCode.invalidArgument, message: answer.reason }
    return counted(intake, format, refusedAnswer(format, refused))
  } finally {
    body.release()
  }
}

/** Method, token, type: everything that is refused before the body is read. */
function checkRequest(
  intake: Intake,
  request: IncomingMessage,
  format: BodyFormat | null,
): HttpAnswer | null {
  if (request.method !== 'POST') return wrongMethod(format, 'POST')
  if (!isAuthorized(intake.token, request.headers.authorization)) {
    const message = 'the ingest token is missing or wrong: send authorization: Bearer TOKEN'
    return refusedAnswer(format, { status: 401, code: StatusCode.unauthenticated, message })
  }
  const isZipkin = format === 'zipkin'
  if (isZipkin ? readFormat(request) === 'json' : format !== null) return null
  const types = isZipkin ? 'application/json' : 'application/x-protobuf or application/json'
  const message = `content-type must be ${types}`
  return refusedAnswer(format, { status: 415, code: StatusCode.invalidArgument, message })
}

/** Signals that Strayline does not take: said at once, in a way that exporters do not retry. */
function answerOtherSignal(parts: Parts, request: IncomingMessage, signal: string): HttpAnswer {
  const format = readFormat(request)
  const refusal = checkRequest(parts.intake, request, format)
  const message = `${signal} are not implemented: this collector takes traces only`
  const answer =
    refusal ?? refusedAnswer(format, { status: 501, code: StatusCode.unimplemented, message })
  return counted(parts.intake, format, answer)
}

function answerBadBody(
  intake: Intake,
  body: Exclude<ReadBody, { kind: 'body' | 'gone' }>,
  format: BodyFormat | null,
): HttpAnswer {
  if (body.kind === 'busy') {
    countUp(intake.counters.limits, 'bodies_bytes')
    const reason = 'too many requests at once; try again later'
    return unavailableAnswer(format, { reason, retryAfterMs: BUSY_RETRY_AFTER_MS })
  }
  if (body.kind === 'tooLarge') {
    countUp(intake.counters.limits, 'body_bytes')
    const message = `the body is over the limit of ${intake.bodyLimits.bodyBytesMax} bytes`
    return refusedAnswer(format, { status: 413, code: StatusCode.invalidArgument, message })
  }
  if (body.kind === 'unknownEncoding') {
    const message = 'content-encoding must be identity, gzip or zstd'
    return refusedAnswer(format, { status: 415, code: StatusCode.invalidArgument, message })
  }
  const message = 'the body is not what its content-encoding says'
  return refusedAnswer(format, { status: 400, code: StatusCode.invalidArgument, message })
}

function answerReadiness(readiness: Readiness): HttpAnswer {
  const body = `${JSON.stringify({ ready: readiness.isReady, checks: readiness.checks })}\n`
  return textAnswer(readiness.isReady ? 200 : 503, body, 'application/json')
}

function onlyGet(request: IncomingMessage): HttpAnswer | null {
  if (request.method === 'GET' || request.method === 'HEAD') return null
  return wrongMethod('json', 'GET, HEAD')
}

function wrongMethod(format: BodyFormat | null, allow: string): HttpAnswer {
  const message = `this address takes ${allow} only`
  const answer = refusedAnswer(format, { status: 405, code: StatusCode.unimplemented, message })
  return { ...answer, headers: { ...answer.headers, allow } }
}

function readFormat(request: IncomingMessage): Encoding | null {
  const type = (request.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase()
  if (type === 'application/x-protobuf') return 'protobuf'
  return type === 'application/json' ? 'json' : null
}

function counted(intake: Intake, format: BodyFormat | null, answer: HttpAnswer): HttpAnswer {
  countUp(intake.counters.requests, `http_${format ?? 'unknown'} ${answer.status}`)
  return answer
}

function send(response: ServerResponse, answer: HttpAnswer | null): void {
  if (!answer || response.destroyed) return
  response.writeHead(answer.status, { ...answer.headers, 'content-length': answer.body.length })
  response.end(answer.body)
}

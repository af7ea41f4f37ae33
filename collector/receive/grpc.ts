// OTLP over gRPC. The one method is registered with raw bytes, so that spans are decoded by our decoder and
// nowhere else; metrics and logs are unknown services, which gRPC answers with UNIMPLEMENTED by itself.
// Source: OTLP specification, "OTLP/gRPC Response".
import {
  type handleUnaryCall,
  type Metadata,
  Server,
  type ServerErrorResponse,
  type ServerInterceptor,
  type StatusObject,
  type sendUnaryData,
  status,
} from '@grpc/grpc-js'
import { encodeTraceResponse } from '../../core/span/otlp/messages.ts'
import { acceptTraces, countUp, describeRejected, type Intake } from './accept.ts'
import { DEFAULT_READ_GATE, gateReads, type ReadGateLimits } from './grpc-gate.ts'
import { describeFailure } from './grpc-status.ts'
import { giveBackBytes, isAuthorized, takeBytes } from './limits.ts'

type RawCall = Parameters<handleUnaryCall<Buffer, Buffer>>[0]

const STREAMS_PER_CONNECTION_MAX = 100
const KEEPALIVE_MS = 60_000
const KEEPALIVE_TIMEOUT_MS = 20_000
const BUSY_RETRY_AFTER_MS = 1_000
/** grpc.health.v1.HealthCheckResponse with status SERVING. */
const SERVING = Buffer.from([0x08, 0x01])

const rawMethod = (path: string) => ({
  path,
  requestStream: false,
  responseStream: false,
  requestSerialize: (bytes: Buffer) => bytes,
  requestDeserialize: (bytes: Buffer) => bytes,
  responseSerialize: (bytes: Buffer) => bytes,
  responseDeserialize: (bytes: Buffer) => bytes,
})

const TRACE_SERVICE = {
  Export: rawMethod('/opentelemetry.proto.collector.trace.v1.TraceService/Export'),
}
const HEALTH_SERVICE = { Check: rawMethod('/grpc.health.v1.Health/Check') }

/** A server that is not listening yet. gzip from the client is undone by grpc-js, within the receive limit. */
export function createGrpcReceiver(
  intake: Intake,
  gateLimits: ReadGateLimits = DEFAULT_READ_GATE,
): Server {
  const server = new Server({
    interceptors: [gateCalls(intake, gateLimits)],
    'grpc.max_receive_message_length': intake.bodyLimits.bodyBytesMax,
    'grpc.max_concurrent_streams': STREAMS_PER_CONNECTION_MAX,
    'grpc.keepalive_time_ms': KEEPALIVE_MS,
    'grpc.keepalive_timeout_ms': KEEPALIVE_TIMEOUT_MS,
  })
  server.addService(TRACE_SERVICE, {
    Export: (call: RawCall, callback: sendUnaryData<Buffer>) => {
      void answerExport(intake, call, callback)
    },
  })
  server.addService(HEALTH_SERVICE, {
    Check: (_call: RawCall, callback: sendUnaryData<Buffer>) => callback(null, SERVING),
  })
  return server
}

/** Whoever may not send takes no turn of those who may; health checks, open to all, have their own. */
function gateCalls(intake: Intake, limits: ReadGateLimits): ServerInterceptor {
  const onRefused = () => countUp(intake.counters.limits, 'grpc_reads')
  const exports = gateReads(limits, { refuse: (given) => refuseStranger(intake, given), onRefused })
  const checks = gateReads(limits, { refuse: () => null, onRefused })
  return (method, call) =>
    method.path === TRACE_SERVICE.Export.path ? exports(method, call) : checks(method, call)
}

function refuseStranger(intake: Intake, metadata: Metadata): StatusObject | null {
  const authorization = metadata.get('authorization')[0]?.toString()
  if (isAuthorized(intake.token, authorization)) return null
  countRequest(intake, status.UNAUTHENTICATED)
  return describeFailure(status.UNAUTHENTICATED, 'the ingest token is missing or wrong')
}

function countRequest(intake: Intake, code: status): void {
  countUp(intake.counters.requests, `grpc ${status[code]}`)
}

async function answerExport(
  intake: Intake,
  call: RawCall,
  callback: sendUnaryData<Buffer>,
): Promise<void> {
  const answer = await exportTraces(intake, call)
  const code = 'bytes' in answer ? status.OK : (answer.code ?? status.UNKNOWN)
  countRequest(intake, code)
  if ('bytes' in answer) callback(null, answer.bytes)
  else callback(answer)
}

async function exportTraces(
  intake: Intake,
  call: RawCall,
): Promise<{ readonly bytes: Buffer } | ServerErrorResponse> {
  const body = call.request
  const { budget } = intake
  if (!takeBytes(budget, body.length)) {
    countUp(intake.counters.limits, 'bodies_bytes')
    return failure(status.RESOURCE_EXHAUSTED, 'too many requests at once', BUSY_RETRY_AFTER_MS)
  }
  try {
    const how = { format: 'protobuf', transport: 'grpc' } as const
    const answer = await acceptTraces(intake, { sent: body, bytes: body }, how)
    if (answer.kind === 'undecodable') return failure(status.INVALID_ARGUMENT, answer.reason)
    if (answer.kind === 'unavailable')
      return failure(status.UNAVAILABLE, answer.reason, answer.retryAfterMs)
    const { rejected } = answer
    const message = describeRejected(rejected)
    return { bytes: Buffer.from(encodeTraceResponse({ rejected, message }, 'protobuf')) }
  } finally {
    giveBackBytes(budget, body.length)
  }
}

function failure(code: status, message: string, retryAfterMs?: number): ServerErrorResponse {
  return Object.assign(new Error(message), describeFailure(code, message, retryAfterMs))
}

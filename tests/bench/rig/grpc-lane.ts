// One HTTP/2 connection that sends OTLP over gRPC: messages compressed beforehand, so framed by hand.
// Source: grpc.io, "gRPC over HTTP2": a byte that says compressed, four of length, the message.
import { once } from 'node:events'
import { type ClientHttp2Session, connect } from 'node:http2'
import type { Lane } from './http-lane.ts'

const HEADERS = {
  ':method': 'POST',
  ':path': '/opentelemetry.proto.collector.trace.v1.TraceService/Export',
  'content-type': 'application/grpc',
  te: 'trailers',
}
/** The sender's own windows: answers are short. */
const OK = '0'

export async function openGrpcLane(port: number, encoding: 'gzip' | 'identity'): Promise<Lane> {
  const session = connect(`http://127.0.0.1:${port}`)
  await once(session, 'connect')
  return {
    send: async (body) => {
      const head = Buffer.alloc(5)
      head[0] = encoding === 'gzip' ? 1 : 0
      head.writeUInt32BE(body.length, 1)
      const status = await exchange(session, [head, body], encoding)
      if (status !== OK) throw new Error(`a request was answered with gRPC status ${status}`)
    },
    close: () => session.destroy(),
  }
}

async function exchange(
  session: ClientHttp2Session,
  parts: readonly Buffer[],
  encoding: string,
): Promise<string> {
  const stream = session.request({ ...HEADERS, 'grpc-encoding': encoding })
  let status = 'none'
  const note = (headers: Readonly<Record<string, unknown>>) => {
    status = String(headers['grpc-status'] ?? status)
  }
  stream.on('response', note).on('trailers', note).resume()
  stream.cork()
  for (const part of parts) stream.write(part)
  stream.end()
  stream.uncork()
  await once(stream, 'close')
  return status
}

// What the ratios of the bench `ingest` are taken to, as a process of its own: a node:http server that reads and
// inflates, and a grpc-js server that receives; neither looks at what it got. Tells its ports when it listens.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gunzip } from 'node:zlib'
import { type handleUnaryCall, Server, ServerCredentials } from '@grpc/grpc-js'

const BODY_BYTES_MAX = 16 * 1024 ** 2
const raw = (bytes: Buffer) => bytes
const EXPORT = {
  path: '/opentelemetry.proto.collector.trace.v1.TraceService/Export',
  requestStream: false,
  responseStream: false,
  requestSerialize: raw,
  requestDeserialize: raw,
  responseSerialize: raw,
  responseDeserialize: raw,
}
const EMPTY = Buffer.alloc(0)

const http = createServer((request, response) => {
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => chunks.push(chunk))
  request.on('end', () => {
    gunzip(Buffer.concat(chunks), (error) => {
      response.writeHead(error ? 400 : 200, { 'content-length': 0 }).end()
    })
  })
})
const grpc = new Server({ 'grpc.max_receive_message_length': BODY_BYTES_MAX })
const receive: handleUnaryCall<Buffer, Buffer> = (_call, callback) => callback(null, EMPTY)
grpc.addService({ Export: EXPORT }, { Export: receive })

http.listen(0, '127.0.0.1', () => {
  const httpPort = (http.address() as AddressInfo).port
  grpc.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, grpcPort) => {
    if (error) throw error
    process.send?.({ httpPort, grpcPort })
  })
})
process.on('disconnect', () => process.exit())

// Listening on the two ports, and no longer doing so: in flight requests are answered first.
import type { Server as HttpServer } from 'node:http'
import { type AddressInfo, createServer } from 'node:net'
import { type Server as GrpcServer, ServerCredentials } from '@grpc/grpc-js'

export type ListenAddress = {
  readonly host: string
  /** 0: any free one. */
  readonly port: number
  /** The setting, for the sentence when it fails. */
  readonly variable: string
}

/** A port that cannot be had, in one sentence. */
export class ListenError extends Error {
  readonly code: string
  constructor(address: ListenAddress, cause: unknown) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown'
    const why = code === 'EADDRINUSE' ? 'is already in use' : `cannot be listened on (${code})`
    super(`Port ${address.port} on ${address.host} ${why}; set ${address.variable}.`, { cause })
    this.code = code
  }
}

/** Returns the port in use. Errors: ListenError. */
export async function listenHttp(server: HttpServer, address: ListenAddress): Promise<number> {
  return listen(server, address)
}

/** Returns the port in use. Errors: ListenError. */
export async function listenGrpc(server: GrpcServer, address: ListenAddress): Promise<number> {
  // grpc-js reports a port in use without a code: ask the system first.
  const probe = createServer()
  await listen(probe, address)
  await new Promise((resolve) => probe.close(resolve))
  const host = address.host.includes(':') ? `[${address.host}]` : address.host
  return new Promise((resolve, reject) => {
    const credentials = ServerCredentials.createInsecure()
    server.bindAsync(`${host}:${address.port}`, credentials, (error, port) =>
      error ? reject(new ListenError(address, error)) : resolve(port),
    )
  })
}

/** Stops accepting, answers what is under way, and cuts off what takes longer than graceMs. */
export async function closeReceivers(
  http: HttpServer,
  grpc: GrpcServer,
  graceMs: number,
): Promise<void> {
  const httpClosed = new Promise<void>((resolve) => http.close(() => resolve()))
  const grpcClosed = new Promise<void>((resolve) => grpc.tryShutdown(() => resolve()))
  const timer = setTimeout(() => {
    http.closeAllConnections()
    grpc.forceShutdown()
  }, graceMs)
  await Promise.all([httpClosed, grpcClosed])
  clearTimeout(timer)
}

function listen(
  server: HttpServer | ReturnType<typeof createServer>,
  address: ListenAddress,
): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) => reject(new ListenError(address, error)))
    server.listen(address.port, address.host, () => {
      server.removeAllListeners('error')
      resolve((server.address() as AddressInfo).port)
    })
  })
}

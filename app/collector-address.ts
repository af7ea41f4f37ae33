// Where the collector listens, as this process was told by `serve`: for children that send to it from this
// machine, and for the page that tells others how to reach it.
import { hostname } from 'node:os'
import { isLoopbackHost } from '../core/config/parse.ts'
import { webProcess } from './web-process.ts'

export type CollectorAddress = {
  /** OTLP/HTTP, without a path: http://127.0.0.1:4318. */
  readonly httpUrl: string
  /** OTLP/gRPC: http://127.0.0.1:4317. */
  readonly grpcUrl: string
}

/** As a process on this machine reaches it; null when nobody has said where it listens. */
export function collectorAddress(): CollectorAddress | null {
  const { host } = webProcess().config.collector
  return addressAt(isWildcard(host) ? '127.0.0.1' : host)
}

/** As senders elsewhere reach it: a listener on all addresses is named as browsers name this server. */
export function senderAddress(): CollectorAddress | null {
  const { config, publicUrl } = webProcess()
  const { host } = config.collector
  if (!isWildcard(host)) return addressAt(host)
  const { hostname: webName } = new URL(publicUrl)
  return addressAt(isLoopbackHost(webName) ? hostname() : webName)
}

/** The token that the collector asks for; null when it asks for none. Secret: for admins and children. */
export function ingestToken(): string | null {
  return webProcess().config.collector.ingestToken
}

function addressAt(host: string): CollectorAddress | null {
  const { grpcPort, httpPort } = webProcess().config.collector
  if (grpcPort === 0 || httpPort === 0) return null
  const name = host.includes(':') && !host.startsWith('[') ? `[${host}]` : host
  return { httpUrl: `http://${name}:${httpPort}`, grpcUrl: `http://${name}:${grpcPort}` }
}

function isWildcard(host: string): boolean {
  return host === '0.0.0.0' || host === '::'
}

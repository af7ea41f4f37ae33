// Starts the services of the test shop, sends requests through them, and waits until their exporters
// have delivered: when `flush` returns, the collector has acknowledged every span.
import { type ChildProcess, fork } from 'node:child_process'
import { request } from 'node:http'
import path from 'node:path'
import type { Addresses, Call } from './plan.ts'

export type Shop = {
  readonly addresses: Addresses
  /** A user's request to a service, which then performs the calls. */
  readonly visit: (service: string, route: string, calls: readonly Call[]) => Promise<void>
  readonly flush: () => Promise<void>
  readonly close: () => void
}

export type Ports = { readonly otlpGrpcPort: number; readonly otlpHttpPort: number }

/** Every other service exports by gRPC, the rest by HTTP. */
export async function openShop(
  services: readonly string[],
  environment: string,
  ports: Ports,
): Promise<Shop> {
  const running = await Promise.all(
    services.map(async (name, i) => {
      const exporter =
        i % 2 === 0
          ? { protocol: 'grpc', url: `http://127.0.0.1:${ports.otlpGrpcPort}` }
          : { protocol: 'http', url: `http://127.0.0.1:${ports.otlpHttpPort}/v1/traces` }
      const setup = JSON.stringify({ name, environment, exporter })
      const child = fork(path.join(import.meta.dirname, 'service.ts'), [setup])
      const { port } = (await nextMessage(child)) as { port: number }
      return { name, child, port }
    }),
  )
  const addresses = Object.fromEntries(running.map(({ name, port }) => [name, port]))
  return {
    addresses,
    visit: (service, route, calls) => post(addresses[service] ?? 0, route, calls),
    flush: async () => {
      await Promise.all(
        running.map(async ({ child }) => {
          const flushed = nextMessage(child)
          child.send('flush')
          await flushed
        }),
      )
    },
    close: () => {
      for (const { child } of running) child.kill('SIGKILL')
    },
  }
}

function nextMessage(child: ChildProcess): Promise<unknown> {
  return new Promise((resolve, reject) => {
    child.once('message', resolve)
    child.once('exit', (code) => reject(new Error(`a service of the shop ended with ${code}`)))
  })
}

function post(port: number, route: string, calls: readonly Call[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const options = { host: '127.0.0.1', port, path: route, method: 'POST' }
    const outgoing = request(options, (response) => {
      response.resume()
      response.on('end', () => {
        if (response.statusCode === 200) resolve()
        else reject(new Error(`the shop answered ${response.statusCode}`))
      })
    })
    outgoing.on('error', reject)
    outgoing.end(JSON.stringify(calls))
  })
}

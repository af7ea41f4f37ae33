// A TCP proxy in front of a server: cutting it is what a network failure or a stopped server looks like.
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

export type CutProxy = {
  /** The URL given, through the proxy. */
  readonly url: string
  /** Breaks every connection and accepts none. */
  readonly cut: () => void
  readonly mend: () => void
  readonly close: () => void
}

export async function startCutProxy(url: string): Promise<CutProxy> {
  const target = new URL(url)
  const sockets = new Set<Socket>()
  let isCut = false
  const track = (socket: Socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    socket.on('error', () => socket.destroy())
  }
  const server = createServer((inner) => {
    track(inner)
    if (isCut) return inner.destroy()
    const outer = connect(Number(target.port), target.hostname)
    track(outer)
    inner.pipe(outer).pipe(inner)
    inner.on('close', () => outer.destroy())
    outer.on('close', () => inner.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const proxied = new URL(url)
  proxied.port = String((server.address() as AddressInfo).port)
  const cutAll = () => {
    for (const socket of sockets) socket.destroy()
  }
  return {
    url: proxied.href,
    cut: () => {
      isCut = true
      cutAll()
    },
    mend: () => {
      isCut = false
    },
    close: () => {
      server.close()
      cutAll()
    },
  }
}

// One keep-alive connection that sends OTLP over HTTP, as cheap as can be: the generator shares two cores with
// what it measures. Writes HTTP/1.1 by hand and reads no more of an answer than its status and length.
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'

/** A connection that has at most one request under way. */
export type Lane = {
  /** Resolves when it was acknowledged. Errors: rejects on any other answer, and when the connection breaks. */
  readonly send: (body: Buffer) => Promise<void>
  readonly close: () => void
}

const END_OF_HEAD = Buffer.from('\r\n\r\n')

export async function openHttpLane(port: number, encoding: 'gzip' | 'identity'): Promise<Lane> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true })
  await once(socket, 'connect')
  const read = readAnswers(socket)
  const start =
    'POST /v1/traces HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/x-protobuf\r\n' +
    `${encoding === 'gzip' ? 'content-encoding: gzip\r\n' : ''}content-length: `
  return {
    send: async (body) => {
      socket.cork()
      socket.write(`${start}${body.length}\r\n\r\n`, 'latin1')
      socket.write(body)
      socket.uncork()
      const status = await read()
      if (status !== 200) throw new Error(`a request was answered with ${status}`)
    },
    close: () => socket.destroy(),
  }
}

type Expecting = { readonly resolve: (status: number) => void; readonly reject: (e: Error) => void }

function readAnswers(socket: Socket): () => Promise<number> {
  let expecting: Expecting | null = null
  let bytes: Buffer = Buffer.alloc(0)
  socket.on('data', (chunk: Buffer) => {
    bytes = bytes.length === 0 ? chunk : Buffer.concat([bytes, chunk])
    const headEnd = bytes.indexOf(END_OF_HEAD)
    if (headEnd < 0) return
    const head = bytes.toString('latin1', 0, headEnd)
    const length = Number(/content-length: (\d+)/i.exec(head)?.[1] ?? 0)
    if (bytes.length < headEnd + END_OF_HEAD.length + length) return
    bytes = Buffer.alloc(0)
    const { resolve } = expecting!
    expecting = null
    resolve(Number(head.slice(9, 12)))
  })
  const fail = () => expecting?.reject(new Error('the connection broke before the answer'))
  socket.on('error', fail).on('close', fail)
  return () =>
    new Promise((resolve, reject) => {
      expecting = { resolve, reject }
    })
}

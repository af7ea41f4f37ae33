// Receivers of notifications for tests: real servers of HTTP, SMTP and syslog on loopback, plain or with TLS, which keep
// what they got and can behave badly. A server can be stopped and started again on its port: down for a while.
import {
  createServer as createHttpServer,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http'
import { createServer as createHttpsServer } from 'node:https'
import {
  type AddressInfo,
  createServer as createTcpServer,
  type Socket,
  type Server as TcpServer,
} from 'node:net'
import { createServer as createTlsServer, Server as TlsServer } from 'node:tls'
import { SMTPServer, type SMTPServerOptions } from 'smtp-server'
import type { ServerIdentity } from './certificates.ts'

const HOST = '127.0.0.1'

export type TargetOptions = {
  /** 0, which is the default: any free one. */
  readonly port?: number
  /** null, which is the default: no TLS. */
  readonly identity?: ServerIdentity | null
}

type Target<Received> = {
  readonly port: number
  /** What was taken whole, in order. */
  readonly received: readonly Received[]
  /** Connections that were opened, whatever became of them. */
  readonly connections: () => number
  /** Cuts what is open. */
  readonly stop: () => Promise<void>
}

export type ReceivedRequest = {
  readonly method: string
  readonly path: string
  readonly headers: { readonly [name: string]: string | string[] | undefined }
  readonly body: string
  readonly atMs: number
}

/** What a server does with a request that it has read whole. */
export type Behaviour = (response: ServerResponse, request: ReceivedRequest) => void

export type HttpTarget = Target<ReceivedRequest> & {
  readonly url: string
  /** From the next request on. */
  readonly behave: (behaviour: Behaviour) => void
}

/** An HTTP(S) server that answers 200 until it is told to behave otherwise. */
export async function startHttpTarget(options: TargetOptions = {}): Promise<HttpTarget> {
  const received: ReceivedRequest[] = []
  let behaviour: Behaviour = answers(200)
  const handle = async (request: IncomingMessage, response: ServerResponse) => {
    request.on('error', () => {})
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    const { method = '', url: path = '', headers } = request
    const body = Buffer.concat(chunks).toString('utf8')
    const taken = { method, path, headers, body, atMs: Date.now() }
    received.push(taken)
    behaviour(response, taken)
  }
  const listener = (request: IncomingMessage, response: ServerResponse) => {
    // A client that goes away in the middle of its request.
    handle(request, response).catch(() => {})
  }
  const { identity = null } = options
  const server: Server =
    identity === null ? createHttpServer(listener) : createHttpsServer({ ...identity }, listener)
  const listening = await listen(server, options.port)
  const scheme = identity === null ? 'http' : 'https'
  return {
    ...listening,
    url: `${scheme}://${identity === null ? HOST : 'localhost'}:${listening.port}`,
    received,
    behave: (next) => {
      behaviour = next
    },
  }
}

export function answers(
  status: number,
  {
    headers = {},
    body = '',
  }: { readonly headers?: Record<string, string>; readonly body?: string } = {},
): Behaviour {
  return (response) => response.writeHead(status, headers).end(body)
}

/** Takes the request and says nothing. */
export const hangs: Behaviour = () => {}

/** Says the status and a beginning of the body, and no end; with a dot every so often when it trickles. */
export function hangsInBody(
  status: number,
  { trickleMs }: { readonly trickleMs?: number } = {},
): Behaviour {
  return (response) => {
    response.writeHead(status, { 'content-type': 'text/plain' }).write('begin')
    if (trickleMs === undefined) return
    const timer = setInterval(() => response.write('.'), trickleMs)
    response.once('close', () => clearInterval(timer))
  }
}

/** Cuts the connection in place of an answer. */
export const resets: Behaviour = (response) => {
  ;(response.socket as Socket).resetAndDestroy()
}

/** More than anybody should read, as fast as it is taken. */
export function floods(status: number): Behaviour {
  return (response) => {
    const chunk = Buffer.alloc(64 * 1024, 'x')
    const more = () => {
      while (!response.destroyed && response.write(chunk));
    }
    response.on('drain', more)
    response.writeHead(status)
    more()
  }
}

export type ReceivedMail = {
  readonly from: string
  readonly to: readonly string[]
  /** Headers and body as they came. */
  readonly source: string
  readonly isSecure: boolean
  readonly user: string | null
}

export type SmtpOptions = TargetOptions & {
  /** TLS from the first byte; else STARTTLS when there is an identity. */
  readonly isImplicit?: boolean
  /** Whom it lets in; null: whoever comes. */
  readonly login?: { readonly user: string; readonly password: string } | null
  /** By recipient: the reply in place of 250; `*` for those not named. */
  readonly refuses?: {
    readonly [recipient: string]: { readonly code: number; readonly text: string }
  }
  /** Hangs at the end of the message, when it could say 250. */
  readonly hangsAtEnd?: boolean
}

export type SmtpTarget = Target<ReceivedMail>

export async function startSmtpTarget(options: SmtpOptions = {}): Promise<SmtpTarget> {
  const { identity = null, login = null, refuses = {}, isImplicit = false } = options
  const received: ReceivedMail[] = []
  const disabled = [...(identity === null ? ['STARTTLS'] : []), ...(login === null ? ['AUTH'] : [])]
  const settings: SMTPServerOptions = {
    ...(identity ?? {}),
    secure: isImplicit,
    disabledCommands: disabled,
    authOptional: login === null,
    disableReverseLookup: true,
    closeTimeout: 10,
    onAuth: (auth, _session, done) => {
      const isRight = auth.username === login?.user && auth.password === login?.password
      done(isRight ? null : new Error('Invalid login'), { user: auth.username ?? '' })
    },
    onRcptTo: ({ address }, _session, done) => {
      const refusal = refuses[address] ?? refuses['*']
      done(refusal ? Object.assign(new Error(refusal.text), { responseCode: refusal.code }) : null)
    },
    onData: (stream, session, done) => {
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.on('end', () => {
        const { mailFrom, rcptTo } = session.envelope
        received.push({
          from: mailFrom === false ? '' : mailFrom.address,
          to: rcptTo.map(({ address }) => address),
          source: Buffer.concat(chunks).toString('utf8'),
          isSecure: session.secure,
          user: typeof session.user === 'string' ? session.user : null,
        })
        if (!options.hangsAtEnd) done()
      })
    },
  }
  const smtp = new SMTPServer(settings)
  smtp.on('error', () => {})
  const listening = await listen(smtp.server, options.port)
  // Its own way to close: a socket that is destroyed below a TLS of its making crashes Node 24.
  const stop = () => new Promise<void>((resolve) => smtp.close(() => resolve()))
  return { ...listening, received, stop }
}

export type SyslogTarget = Target<string>

/** Takes frames by octet counting (RFC 6587 3.4.1, RFC 5425); a frame that is none cuts the connection. */
export async function startSyslogTarget(options: TargetOptions = {}): Promise<SyslogTarget> {
  const received: string[] = []
  const take = (socket: Socket) => {
    let pending = Buffer.alloc(0)
    socket.on('error', () => {})
    socket.on('data', (chunk: Buffer) => {
      pending = Buffer.concat([pending, chunk])
      for (;;) {
        const head = /^([1-9]\d{0,6}) /.exec(pending.toString('latin1', 0, 8))
        if (!head) break
        const start = head[0].length
        const end = start + Number(head[1])
        if (pending.length < end) break
        received.push(pending.toString('utf8', start, end))
        pending = pending.subarray(end)
      }
      if (pending.length > 0 && !/^\d{1,7}( |$)/.test(pending.toString('latin1', 0, 8)))
        socket.destroy()
    })
  }
  const { identity = null } = options
  const server = identity === null ? createTcpServer(take) : createTlsServer({ ...identity }, take)
  return { ...(await listen(server, options.port)), received }
}

/** Whatever the handler does with each connection: hang, talk nonsense, cut. */
export async function startRawTarget(
  handle: (socket: Socket) => void,
  options: { readonly port?: number } = {},
): Promise<Omit<Target<never>, 'received'>> {
  const server = createTcpServer((socket) => {
    socket.on('error', () => {})
    handle(socket)
  })
  return await listen(server, options.port)
}

/** A port on which nothing listens. */
export async function findClosedPort(): Promise<number> {
  const target = await startRawTarget((socket) => socket.destroy())
  await target.stop()
  return target.port
}

async function listen(server: TcpServer, port = 0): Promise<Omit<Target<never>, 'received'>> {
  const open = new Set<Socket>()
  let count = 0
  server.on('connection', () => {
    count += 1
  })
  const isTls = server instanceof TlsServer
  server.on(isTls ? 'secureConnection' : 'connection', (socket: Socket) => {
    open.add(socket)
    socket.once('close', () => open.delete(socket))
  })
  server.on('tlsClientError', () => {})
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen({ port, host: HOST }, resolve)
  })
  return {
    port: (server.address() as AddressInfo).port,
    connections: () => count,
    stop: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      for (const socket of open) socket.destroy()
      await closed
    },
  }
}

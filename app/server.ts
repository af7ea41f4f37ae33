// The web process: settings, listener, Next, health, and an orderly end. It is started by `strayline
// serve`, tells it the port over IPC, and never outlives it.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import path from 'node:path'
import { type RunningTelemetry, startTelemetry } from '../telemetry/start.ts'
import { loadAuthSecret } from './auth-secret.ts'
import { createBacktestQueue } from './backtest/backtest-queue.ts'
import { startDemo } from './commands/start-demo.ts'
import { readWebConfig, type WebConfig } from './config.ts'
import { createLayoutQueue } from './export/lay-out.ts'
import { createHealth, type Health } from './health.ts'
import { sweepCaptures } from './imports/capture-store.ts'
import { problem } from './problem.ts'
import { type Allowed, allowedFor, isAllowedHost } from './request-guard.ts'
import { answerInSpan } from './request-span.ts'
import { securityHeaders } from './security-headers.ts'
import { setWebProcess, type WebProcess } from './web-process.ts'

const ROOT = path.join(import.meta.dirname, '..')
const STOP_GRACE_MS = 5000
/** Next knows no other, and fails on TRACE. */
const METHODS = new Set(['GET', 'HEAD', 'OPTIONS', 'POST', 'PUT', 'PATCH', 'DELETE'])
/** Set here and nowhere else: rate limits and the audit record trust it. */
const CLIENT_ADDRESS_HEADER = 'x-strayline-client-address'

await main()

async function main(): Promise<void> {
  process.once('disconnect', () => process.exit(0))
  const parsed = readWebConfig()
  if (!parsed.ok) return fail(parsed.problems.join('\n'))
  const { config } = parsed
  Object.assign(process.env, {
    NEXT_TELEMETRY_DISABLED: '1',
    NODE_ENV: config.isDevelopment ? 'development' : 'production',
  })
  const server = createServer({ keepAliveTimeout: 65_000, requestTimeout: 60_000 })
  const port = await listen(server, config)
  if (port === null)
    return fail(
      `Port ${config.port} on ${config.host} is in use or not allowed: set STRAYLINE_WEB_PORT to another one.`,
    )
  sweepCaptures(config.dataDir)
  const web = prepareProcess(config, port)
  const telemetry = await startTelemetry('web')
  const health = createHealth(config.databaseUrl)
  // Who asks while Next gets ready is answered when it is, instead of never.
  const handler = createHandler({ web, port, health })
  const answering = new Set<ServerResponse>()
  server.on('request', (request, response) => {
    answering.add(response)
    response.once('close', () => answering.delete(response))
    handler.then(
      (answer) => answer(request, response),
      () => response.destroy(),
    )
  })
  stopOnSignal({ server, web, health, telemetry, answering })
  await handler
  process.send?.({ type: 'ready', port })
  if (config.startsDemo) beginDemo()
}

function beginDemo(): void {
  const started = startDemo({ startedBy: 'serve' })
  if (!started.ok) console.error(`The demo does not start: ${started.problem}`)
}

function prepareProcess(config: WebConfig, port: number): WebProcess {
  const host = config.host.includes(':') ? `[${config.host}]` : config.host
  const web: WebProcess = {
    config,
    port,
    publicUrl: config.publicUrl ?? `http://${host}:${port}`,
    authSecret: config.authSecret ?? loadAuthSecret(config.dataDir),
    rootDir: ROOT,
    layOutDrawing: createLayoutQueue(),
    backtest: createBacktestQueue({
      ...{ databaseUrl: config.databaseUrl, withinMs: config.backtestMsMax },
    }),
    closeStreams: null,
    isStopping: false,
    made: new Map(),
  }
  setWebProcess(web)
  return web
}

/** The port listened on, or null when it is taken or forbidden. */
function listen(server: Server, config: WebConfig): Promise<number | null> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (['EADDRINUSE', 'EACCES', 'EADDRNOTAVAIL'].includes(error.code ?? '')) resolve(null)
      else reject(error)
    })
    server.listen(config.port, config.host, () => {
      const address = server.address()
      resolve(typeof address === 'object' && address ? address.port : config.port)
    })
  })
}

type Serving = { readonly web: WebProcess; readonly port: number; readonly health: Health }

async function createHandler({ web, port, health }: Serving) {
  const { config } = web
  const next = (await import('next')).default
  const app = next({
    dev: config.isDevelopment,
    dir: ROOT,
    hostname: config.host,
    port,
  })
  await app.prepare()
  const handle = app.getRequestHandler()
  const allowed = allowedFor({ host: config.host, port, publicUrl: config.publicUrl })
  const headers = securityHeaders({ isHttps: web.publicUrl.startsWith('https:') })
  return (request: IncomingMessage, response: ServerResponse) => {
    for (const [name, value] of headers) response.setHeader(name, value)
    if (health.answer(request, response)) return
    if (!admit({ request, allowed, web })) return refuseHost(response)
    if (!METHODS.has(request.method ?? '')) return void refuseMethod(response)
    if (!isReadablePath(request.url)) return void refusePath(response)
    answerInSpan(handle, request, response).catch((error: unknown) => {
      console.error(error)
      if (!response.headersSent) response.writeHead(500)
      response.end()
    })
  }
}

/** Checks the Host header and replaces what a client may not say about itself. */
function admit(admission: {
  readonly request: IncomingMessage
  readonly allowed: Allowed
  readonly web: WebProcess
}): boolean {
  const { request, allowed, web } = admission
  if (!isAllowedHost(request.headers.host, allowed)) return false
  // A reverse proxy may have put its own name there; what browsers use is what Next compares Origin with.
  if (web.config.publicUrl !== null) request.headers.host = new URL(web.publicUrl).host
  for (const name of Object.keys(request.headers))
    if (name.startsWith('x-forwarded-') || name === 'forwarded') delete request.headers[name]
  request.headers['x-forwarded-proto'] = new URL(web.publicUrl).protocol.slice(0, -1)
  request.headers[CLIENT_ADDRESS_HEADER] = request.socket.remoteAddress ?? 'unknown'
  return true
}

function refuseHost(response: ServerResponse): void {
  response.writeHead(421, { 'content-type': 'text/plain; charset=utf-8' })
  response.end('This name is not one of this server. Set STRAYLINE_URL to the address you use.\n')
}

function refuseMethod(response: ServerResponse): Promise<void> {
  const allow = [...METHODS].join(', ')
  return send(response, problem(405, `Allowed are ${allow}.`, { allow }))
}

/** Next answers 500 to a percent sign that begins no character. */
function isReadablePath(url = ''): boolean {
  try {
    decodeURIComponent(url.split('?')[0] ?? '')
    return true
  } catch {
    return false
  }
}

function refusePath(response: ServerResponse): Promise<void> {
  return send(response, problem(400, 'This address cannot be read.'))
}

async function send(response: ServerResponse, answer: Response): Promise<void> {
  response.writeHead(answer.status, Object.fromEntries(answer.headers))
  response.end(await answer.text())
}

type Stopping = {
  readonly server: Server
  readonly web: WebProcess
  readonly health: Health
  readonly telemetry: RunningTelemetry
  readonly answering: ReadonlySet<ServerResponse>
}

function stopOnSignal({ server, web, health, telemetry, answering }: Stopping): void {
  const stop = () => {
    if (web.isStopping) process.exit(1)
    web.isStopping = true
    web.closeStreams?.()
    server.close(() => {
      void Promise.all([health.close(), telemetry.stop()]).finally(() => process.exit(0))
    })
    // What is being answered may finish. All other connections go, those too that a browser has opened and
    // asked nothing on, which Node does not count as idle.
    setInterval(() => {
      if (answering.size === 0) server.closeAllConnections()
      else server.closeIdleConnections()
    }, 50)
    setTimeout(() => {
      server.closeAllConnections()
      process.exit(0)
    }, STOP_GRACE_MS).unref()
  }
  process.on('SIGTERM', stop)
  process.on('SIGINT', stop)
}

function fail(sentence: string): void {
  console.error(sentence)
  process.exit(1)
}

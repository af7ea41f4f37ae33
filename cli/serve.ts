// `strayline serve`: one start, one stop. Settings -> data directory -> database -> children -> address.
// Whatever is wrong is one sentence and exit code 1; whatever runs ends in order with this process.
import { existsSync, watch } from 'node:fs'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { loadSecretsKey } from '../storage/secrets-key.ts'
import { createSetupLink } from '../storage/setup-link.ts'
import { type Child, type ChildEnvironment, type ReadyMessage, startChild } from './child.ts'
import { COMPILE_CACHE } from './compile-cache.ts'
import { readServeConfig, type ServeConfig } from './config.ts'
import { type DatabaseUrls, prepareDatabase } from './database.ts'
import { createLifetime, type Lifetime } from './lifetime.ts'
import { claimDataDir, isRunning, type RunFile, releaseDataDir, writeRunFile } from './run-file.ts'
import { complain } from './terminal.ts'

export type ServeMode = 'production' | 'development'

const ROOT = path.join(import.meta.dirname, '..')
const READY_WITHIN_MS = 60_000
const LEFTOVER_WITHIN_MS = 15_000
const RELOAD_AFTER_MS = 200

export type ServeRequest = {
  readonly mode: ServeMode
  /** Begins the demo when everything is ready. */
  readonly demo: boolean
}

/**
 * A name whose DNS server hangs holds a thread; half of them may resolve names at once. Of the usual four, two such
 * channels would hold up every other one.
 */
const RESOLVER_THREADS = { UV_THREADPOOL_SIZE: '64' }

/** What is not set otherwise: with the usual hold the demo would take two minutes. */
const DEMO_SETTINGS = { STRAYLINE_HOLD: '3s' }

/** Starts everything and returns; the process lives on until it is told to stop. */
export async function serve(request: ServeRequest): Promise<void> {
  const parsed = readServeConfig(request.demo ? DEMO_SETTINGS : {})
  if (!parsed.ok) {
    for (const problem of parsed.problems) complain(problem)
    process.exit(1)
  }
  const config = { ...parsed.config, dataDir: path.resolve(parsed.config.dataDir) }
  const lifetime = createLifetime()
  try {
    await start({ ...request, config, lifetime })
  } catch (error) {
    if (!lifetime.isStopping()) complain(describeFailure(error, config))
    await lifetime.stop(1)
  }
}

type Start = ServeRequest & {
  readonly config: ServeConfig
  readonly lifetime: Lifetime
}

async function start(serving: Start): Promise<void> {
  const { config, lifetime } = serving
  if (serving.mode === 'production' && !existsSync(path.join(ROOT, '.next/BUILD_ID')))
    throw failure('NOT_BUILT', 'the dashboard is not built; `npm start` builds it.')
  await takeDataDir(config.dataDir, lifetime)
  // Web and worker take it from the same place; here it is made at the first start, and a bad one is told.
  await loadSecretsKey({ dataDir: config.dataDir, given: config.secretsKey })
  const urls = await prepareDatabase(config, lifetime)
  if (lifetime.isStopping()) return
  const children: Child[] = []
  const run: RunFile = { pid: process.pid, startedAt: new Date().toISOString(), childPids: [] }
  let addresses: Partial<RunFile> = {}
  const noteRun = () => {
    const childPids = children.flatMap((child) => child.pid() ?? [])
    if (!lifetime.isStopping()) writeRunFile(config.dataDir, { ...run, ...addresses, childPids })
  }
  const launch = (name: ChildName, environment: ChildEnvironment) => {
    const child = startNamed(name, {
      ...serving,
      environment,
      onSpawn: () => setImmediate(noteRun),
    })
    children.push(child)
    return child
  }
  // Web is started last, so that it is stopped first; it waits only for ports that are not chosen yet.
  const launchNotify = (pinned: ChildEnvironment) =>
    launch('notify', { WORKER_DATABASE_URL: urls.workerUrl, ...RESOLVER_THREADS, ...pinned })
  // Messages lead to the web: where its port is not chosen yet, who sends them waits for that.
  const isWebKnown = config.publicUrl !== null || config.webPort !== 0
  const early = isWebKnown ? launchNotify({}) : null
  const collector = launch('collector', {
    COLLECTOR_DATABASE_URL: urls.collectorUrl,
    STRAYLINE_SECRETS_KEY: undefined,
  })
  const arePortsKnown = config.otlpGrpcPort !== 0 && config.otlpHttpPort !== 0
  const web = launch('web', {
    WEB_DATABASE_URL: urls.webUrl,
    ...(arePortsKnown ? {} : pinCollector(await collector.ready)),
    ...(serving.mode === 'development' ? { STRAYLINE_DEV: '1' } : {}),
    ...(serving.demo ? { STRAYLINE_START_DEMO: '1' } : {}),
  })
  const collectorReady = await collector.ready
  const webReady = await web.ready
  const notify = early ?? launchNotify(pinWeb(webReady))
  await notify.ready
  addresses = readAddresses(config, collectorReady, webReady)
  noteRun()
  if (serving.mode === 'development') reloadOnChange([collector, notify], lifetime)
  await announce(serving, urls, addresses)
}

/** One Strayline a data directory. After a kill -9 its children need a moment to notice. */
async function takeDataDir(dataDir: string, lifetime: Lifetime): Promise<void> {
  const claim = claimDataDir(dataDir)
  if (!claim.ok) {
    const { pid, webUrl } = claim.running
    const where = webUrl ? ` at ${webUrl}` : ''
    const who = `another Strayline (process ${pid}) runs on ${dataDir}${where}`
    throw failure('DATA_DIR_TAKEN', `${who}; stop it first.`)
  }
  lifetime.add({
    stop: () => releaseDataDir(dataDir),
    kill: () => releaseDataDir(dataDir),
  })
  const leftover = claim.leftover?.childPids ?? []
  const untilMs = Date.now() + LEFTOVER_WITHIN_MS
  while (leftover.some(isRunning) && Date.now() < untilMs) await sleep(50)
}

type ChildName = 'web' | 'collector' | 'notify'

/** What differs between the children; grace covers what each may have to finish. */
const CHILDREN = {
  web: { entry: 'app/server.ts', stopWithinMs: 8_000, pin: pinWeb },
  collector: { entry: 'collector/main.ts', stopWithinMs: 20_000, pin: pinCollector },
  notify: { entry: 'notify/main.ts', stopWithinMs: 10_000, pin: () => ({}) },
} as const

/** A child sees the settings and its own database role, never that of another. */
const ROLE_VARIABLES = [
  ...['DATABASE_URL', 'COLLECTOR_DATABASE_URL', 'WEB_DATABASE_URL', 'WORKER_DATABASE_URL'],
] as const

function startNamed(
  name: ChildName,
  serving: Start & { readonly environment: ChildEnvironment; readonly onSpawn: () => void },
): Child {
  const { config, lifetime, mode, environment, onSpawn } = serving
  const { entry, stopWithinMs, pin } = CHILDREN[name]
  const withoutRoles = ROLE_VARIABLES.map((variable) => [variable, undefined])
  const child = startChild({
    ...{ name, pin, stopWithinMs, onSpawn, readyWithinMs: READY_WITHIN_MS },
    entry: path.join(ROOT, entry),
    environment: {
      ...config.environment,
      ...Object.fromEntries(withoutRoles),
      NODE_ENV: mode,
      NODE_COMPILE_CACHE: COMPILE_CACHE,
      STRAYLINE_DATA_DIR: config.dataDir,
      ...environment,
    },
    onGiveUp: ({ sentence, wasSaid }) => {
      if (!wasSaid) complain(sentence)
      void lifetime.stop(1)
    },
  })
  lifetime.add(child)
  return child
}

function pinCollector(ready: ReadyMessage): ChildEnvironment {
  return {
    STRAYLINE_OTLP_GRPC_PORT: String(ready.grpcPort),
    STRAYLINE_OTLP_HTTP_PORT: String(ready.httpPort),
  }
}

function pinWeb(ready: ReadyMessage): ChildEnvironment {
  return { STRAYLINE_WEB_PORT: String(ready.port) }
}

function readAddresses(
  config: ServeConfig,
  collector: ReadyMessage,
  web: ReadyMessage,
): Partial<RunFile> {
  return {
    webUrl: config.publicUrl ?? `http://${bracketed(config.webHost)}:${web.port}`,
    webPort: Number(web.port),
    otlpGrpcPort: Number(collector.grpcPort),
    otlpHttpPort: Number(collector.httpPort),
  }
}

function bracketed(host: string): string {
  return host.includes(':') ? `[${host}]` : host
}

async function announce(
  { config, demo }: Start,
  urls: DatabaseUrls,
  addresses: Partial<RunFile>,
): Promise<void> {
  const host = bracketed(config.collectorHost)
  console.log(`Strayline is watching.
  map   ${addresses.webUrl}
  OTLP  gRPC ${host}:${addresses.otlpGrpcPort}, HTTP http://${host}:${addresses.otlpHttpPort}`)
  if (demo) console.log('  demo  a small shop comes onto the map; in half a minute it is attacked')
  const token = await createSetupLink(urls.ownerUrl)
  if (token)
    console.log(`  setup ${addresses.webUrl}/setup?token=${token} (once, for the first account)`)
  console.log('Stop with Ctrl-C.')
}

/** Development: Next reloads by itself, the other two are started anew when a file they may use changes. */
function reloadOnChange(children: readonly Child[], lifetime: Lifetime): void {
  let timer: NodeJS.Timeout | undefined
  const onChange = () => {
    clearTimeout(timer)
    timer = setTimeout(() => {
      console.error('Source changed: collector and notify are started anew.')
      for (const child of children) void child.reload()
    }, RELOAD_AFTER_MS)
  }
  for (const folder of ['collector', 'notify', 'core', 'storage', 'telemetry']) {
    const watcher = watch(path.join(ROOT, folder), { recursive: true }, onChange)
    lifetime.add({ stop: () => watcher.close() })
  }
}

function failure(code: string, sentence: string): Error {
  return Object.assign(new Error(sentence), { code })
}

/** Failures of the outside world carry a code and a sentence; all else is a bug and shows its stack. */
function describeFailure(error: unknown, config: ServeConfig): string {
  if (!(error instanceof Error)) return String(error)
  const { code, path: file } = error as NodeJS.ErrnoException
  if (file !== undefined && code !== undefined)
    return `STRAYLINE_DATA_DIR=${config.dataDir} cannot be used: ${code} at ${file}.`
  return code === undefined ? (error.stack ?? error.message) : error.message
}

// `strayline doctor`: what is installed, what runs, what does not, in lines a person can paste into a
// report: no password, no token, no URL with credentials. It works when everything is down, and says so.
import { existsSync, readdirSync, statSync } from 'node:fs'
import path from 'node:path'
import { checkDatabase } from '../storage/check.ts'
import { findEmbedded } from '../storage/embedded.ts'
import { readSchemaState } from '../storage/migrate.ts'
import { readServeConfig, type ServeConfig } from './config.ts'
import { EMBEDDED_DATABASE, isListening } from './database.ts'
import { isServing, type RunFile, readRunFile } from './run-file.ts'
import { readToolVersion } from './tool-version.ts'

const ROOT = path.join(import.meta.dirname, '..')
const ANSWER_WITHIN_MS = 4_000

/** Prints the diagnosis. Gives the exit code: 0, or 1 when a setting is wrong. */
export async function printDiagnosis(): Promise<number> {
  const parsed = readServeConfig()
  line('strayline', `${readToolVersion()} in ${ROOT}`)
  line('node', `${process.version}, ${process.platform}-${process.arch}`)
  if (!parsed.ok) {
    for (const problem of parsed.problems) line('setting', problem)
    return 1
  }
  const config = { ...parsed.config, dataDir: path.resolve(parsed.config.dataDir) }
  line('settings', 'all accepted')
  line('data', describeFolder(config.dataDir))
  line('journal', describeFolder(path.join(config.dataDir, 'journal')))
  const run = findRun(config.dataDir)
  line('serve', run ? `process ${run.pid}, since ${run.startedAt}` : 'not running')
  await describeDatabase(config)
  await describeWeb(config, run)
  await describeCollector(config, run)
  return 0
}

function line(name: string, text: string): void {
  console.log(`${name.padEnd(10)} ${text}`)
}

function findRun(dataDir: string): RunFile | null {
  const run = readRunFile(dataDir)
  return run && isServing(run) ? run : null
}

/** Path and size of what lies directly in a folder. */
function describeFolder(folder: string): string {
  if (!existsSync(folder)) return `${folder}, does not exist`
  try {
    const names = readdirSync(folder)
    const sizes = names.map((name) => statSync(path.join(folder, name), { throwIfNoEntry: false }))
    const bytes = sizes.reduce((sum, stat) => sum + (stat?.isFile() ? stat.size : 0), 0)
    return `${folder}, ${names.length} entries, ${(bytes / 1024 ** 2).toFixed(1)} MiB in files`
  } catch (error) {
    return `${folder}, cannot be read: ${(error as NodeJS.ErrnoException).code}`
  }
}

async function describeDatabase(config: ServeConfig): Promise<void> {
  try {
    const { dataDir, databaseUrl } = config
    const url = databaseUrl ?? (await findEmbedded({ dataDir, database: EMBEDDED_DATABASE }))?.url
    if (!url) return line('database', 'embedded, not running')
    const { serverVersion, database } = await checkDatabase(url)
    const { hostname, port } = new URL(url)
    const kind = databaseUrl ? 'DATABASE_URL' : 'embedded'
    line('database', `${kind}: PostgreSQL ${serverVersion} at ${hostname}:${port}/${database}`)
    const { applied, missing } = await readSchemaState(url)
    const rest = missing.length === 0 ? 'none missing' : `missing: ${missing.join(', ')}`
    line('schema', `${applied} migrations applied, ${rest}`)
  } catch (error) {
    line('database', error instanceof Error ? error.message : String(error))
  }
}

async function describeWeb(config: ServeConfig, run: RunFile | null): Promise<void> {
  const port = run?.webPort ?? config.webPort
  if (port === 0) return line('web', 'on any free port, not running')
  const url = `http://${dialable(config.webHost)}:${port}`
  line('web', `${url}: ${await ask(`${url}/healthz`)}`)
  line('', `ready: ${await ask(`${url}/readyz`)}`)
}

async function describeCollector(config: ServeConfig, run: RunFile | null): Promise<void> {
  const httpPort = run?.otlpHttpPort ?? config.otlpHttpPort
  const grpcPort = run?.otlpGrpcPort ?? config.otlpGrpcPort
  if (httpPort === 0 || grpcPort === 0) return line('collector', 'on any free port, not running')
  const host = dialable(config.collectorHost)
  const isOpen = await isListening(grpcPort, host.replace(/[[\]]/g, ''))
  line('collector', `gRPC ${host}:${grpcPort}: ${isOpen ? 'listening' : 'not listening'}`)
  const url = `http://${host}:${httpPort}`
  line('', `HTTP ${url}: ${await ask(`${url}/healthz`)}`)
  line('', `ready: ${await ask(`${url}/readyz`)}`)
}

/** An address to connect to: a listener on all addresses is reached on loopback. */
function dialable(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1'
  if (host === '::') return '[::1]'
  return host.includes(':') ? `[${host}]` : host
}

/** Status and first line of an answer, or that there was none. */
async function ask(url: string): Promise<string> {
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(ANSWER_WITHIN_MS) })
    const [first = ''] = (await answer.text()).trim().split('\n')
    return `${answer.status} ${first.slice(0, 400)}`
  } catch (error) {
    // fetch wraps what happened; the code says it, the message may name more than it should.
    const cause = error instanceof Error ? error.cause : undefined
    const code = (cause as NodeJS.ErrnoException | undefined)?.code
    return `no answer (${code ?? 'timeout'})`
  }
}

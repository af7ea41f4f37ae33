// `strayline demo` as it is asked for: finds the Strayline that runs here unless it is told another, and hands
// over to the story. The web process starts it with everything given.
import path from 'node:path'
import { findEmbedded } from '../../storage/embedded.ts'
import {
  dropTelemetrySettings,
  readIngestToken,
  readServeConfig,
  type ServeConfig,
} from '../config.ts'
import { EMBEDDED_DATABASE } from '../database.ts'
import { parseEndpoint } from '../otlp-sender.ts'
import { openProgress, type ProgressForm } from '../progress.ts'
import { readRunFile } from '../run-file.ts'
import { runDemo } from './demo.ts'

export type DemoRequest = {
  /** Of the collector's receivers; by default where the Strayline of the data directory listens. */
  readonly http?: string
  readonly grpc?: string
  readonly environment: string
  readonly seed: number
  /** Ms. */
  readonly for: number
  readonly token?: string
  readonly progress: ProgressForm
}

const EXIT_USAGE = 2

/** Gives the exit code: 0 told or stopped, 1 failed, 2 wrong settings or nothing to send to. */
export async function startDemo(request: DemoRequest): Promise<number> {
  const progress = openProgress(request.progress)
  const refuse = (sentence: string) => {
    progress.fail(sentence)
    return EXIT_USAGE
  }
  const parsed = readServeConfig()
  if (!parsed.ok) return refuse(parsed.problems.join(' '))
  const addresses = findAddresses(request, parsed.config)
  if (addresses === null)
    return refuse(
      'no Strayline runs on this data directory: start one with `npm start`, or say --http and --grpc',
    )
  if (![addresses.httpUrl, addresses.grpcUrl].every((url) => parseEndpoint(url) !== null))
    return refuse('--http and --grpc must be URLs such as http://127.0.0.1:4318')
  const databaseUrl = await findDatabase(parsed.config)
  if (databaseUrl === null)
    return refuse('the database of Strayline is not found: set DATABASE_URL as for `npm start`')
  dropTelemetrySettings()
  return runDemo({
    ...{ progress, databaseUrl, signal: stopSignal() },
    ...{ seed: request.seed, environment: request.environment, durationMs: request.for },
    target: { ...addresses, token: request.token ?? readIngestToken() },
  })
}

function findAddresses(
  { http, grpc }: DemoRequest,
  config: ServeConfig,
): { readonly httpUrl: string; readonly grpcUrl: string } | null {
  const run = readRunFile(path.resolve(config.dataDir))
  const at = (port: number | undefined) => (port ? `http://127.0.0.1:${port}` : undefined)
  const httpUrl = http ?? at(run?.otlpHttpPort)
  const grpcUrl = grpc ?? at(run?.otlpGrpcPort)
  if (httpUrl === undefined || grpcUrl === undefined) return null
  return { httpUrl: withoutSlash(httpUrl), grpcUrl: withoutSlash(grpcUrl) }
}

function withoutSlash(url: string): string {
  return url.replace(/\/+$/, '')
}

/** The web's own database role is enough: the demo approves a baseline, as a person would. */
async function findDatabase(config: ServeConfig): Promise<string | null> {
  const given = config.webDatabaseUrl ?? config.databaseUrl
  if (given !== null) return given
  const embedded = { dataDir: config.dataDir, database: EMBEDDED_DATABASE }
  return (await findEmbedded(embedded))?.url ?? null
}

function stopSignal(): AbortSignal {
  const stopping = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stopping.abort())
  return stopping.signal
}

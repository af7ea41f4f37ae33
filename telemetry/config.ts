// The one setting of ours: whether there is an endpoint at all. Everything else (headers, protocol, sampler,
// resource attributes, service name) the SDK reads from the standard OTEL_* variables itself.
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { parseSettings } from '../core/config/parse.ts'
import { SETTINGS } from '../core/config/settings.ts'

export type TelemetryConfig = {
  /** Lowest level at which the SDK complains on standard error. */
  readonly logLevel: string
  /** Of this installation, from package.json. */
  readonly version: string
}

/** Null: off. A bad endpoint is off, too: `serve` has refused it before any process starts. */
export function readTelemetryConfig(env: NodeJS.ProcessEnv = process.env): TelemetryConfig | null {
  const parsed = parseSettings({ endpoint: SETTINGS.telemetryEndpoint }, env)
  if (!parsed.ok || parsed.settings.endpoint === null) return null
  return { logLevel: env.OTEL_LOG_LEVEL?.trim() || 'warn', version: readVersion() }
}

/** Of Strayline, as package.json says. */
export function readVersion(): string {
  const file = path.join(import.meta.dirname, '../package.json')
  const { version } = JSON.parse(readFileSync(file, 'utf8')) as { readonly version: string }
  return version
}

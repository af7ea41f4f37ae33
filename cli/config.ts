// Settings of the command line and of `serve`, parsed once. serve checks those of all its children too,
// so that every bad variable is told at once, before anything starts.
import { existsSync } from 'node:fs'
import { parseSettings, type SettingsOf } from '../core/config/parse.ts'
import { findExposureProblems, SETTINGS } from '../core/config/settings.ts'

export type ServeConfig = SettingsOf<typeof SETTINGS> & {
  /** The environment as it came, for the children to be started with. */
  readonly environment: { readonly [variable: string]: string | undefined }
}

export type ParsedServeConfig =
  | { readonly ok: true; readonly config: ServeConfig }
  | { readonly ok: false; readonly problems: readonly string[] }

/**
 * Takes settings from a file (lines of VARIABLE=value) when it is there; variables that are set win.
 * The npm scripts name .env; the command by itself reads no file, so that tests stay apart from it.
 */
export function loadSettingsFile(file: string): void {
  if (existsSync(file)) process.loadEnvFile(file)
}

/** The environment of this process. */
export function readEnvironment(): { readonly [variable: string]: string | undefined } {
  return process.env
}

/** The ingest token for sending; null when none is set. */
export function readIngestToken(): string | null {
  return process.env.STRAYLINE_INGEST_TOKEN?.trim() || null
}

/** The token for asking a server's API; null when none is set. */
export function readApiToken(): string | null {
  return process.env.STRAYLINE_TOKEN?.trim() || null
}

/** Whether standard output is a terminal whose user wants colours. Source: no-color.org. */
export function wantsColour(): boolean {
  return process.stdout.isTTY === true && !process.env.NO_COLOR
}

/** OTEL_* variables tell this process how to trace itself; the demo's services are none of them. */
export function dropTelemetrySettings(): void {
  for (const name of Object.keys(process.env))
    if (name.startsWith('OTEL_')) delete process.env[name]
}

/**
 * defaults: variables for where none is set. Errors: every bad or missing variable, one sentence each;
 * never throws.
 */
export function readServeConfig(
  defaults: { readonly [variable: string]: string } = {},
): ParsedServeConfig {
  const environment = { ...defaults, ...process.env }
  const parsed = parseSettings(SETTINGS, environment)
  if (!parsed.ok) return parsed
  const problems = findExposureProblems(parsed.settings)
  if (problems.length > 0) return { ok: false, problems }
  return { ok: true, config: Object.freeze({ ...parsed.settings, environment }) }
}

// Settings from text: one declaration a variable (default, unit, bounds), parsed all at once.
// Every bad variable is reported in one go, in plain words, and never with the value of a secret.
// Pure: the environment is handed in; each process has one config file that reads process.env.

/** One variable. `default` is text as a user would write it; null means: may be left out. */
export type Setting<T> = {
  readonly variable: string
  readonly default: string | null
  /** What is accepted, as a noun phrase: "a duration from 100ms to 10m, such as 30s". */
  readonly accepts: string
  readonly isSecret: boolean
  /** The value, or undefined when the text is not acceptable. */
  readonly parse: (text: string) => T | undefined
}

export type SettingsSpec = { readonly [key: string]: Setting<unknown> }

/** The values of a spec, by its keys. */
export type SettingsOf<S extends SettingsSpec> = {
  readonly [K in keyof S]: S[K] extends Setting<infer T> ? T : never
}

export type ParsedSettings<S extends SettingsSpec> =
  | { readonly ok: true; readonly settings: SettingsOf<S> }
  | { readonly ok: false; readonly problems: string[] }

export type EnvironmentVariables = { readonly [variable: string]: string | undefined }

/**
 * Reads every setting of a spec. A variable that is unset or blank has its default.
 * Errors: never throws on input; all problems come back together, one sentence each.
 */
export function parseSettings<const S extends SettingsSpec>(
  spec: S,
  env: EnvironmentVariables,
): ParsedSettings<S> {
  const settings: Record<string, unknown> = {}
  const problems: string[] = []
  for (const [key, setting] of Object.entries(spec)) {
    const given = env[setting.variable]?.trim() ?? ''
    const text = given === '' ? setting.default : given
    if (text === null) {
      settings[key] = null
      continue
    }
    const value = setting.parse(text)
    if (value === undefined) problems.push(describeProblem(setting, given))
    else settings[key] = value
  }
  if (problems.length > 0) return { ok: false, problems }
  return { ok: true, settings: Object.freeze(settings) as SettingsOf<S> }
}

function describeProblem(setting: Setting<unknown>, given: string): string {
  const shown = given.length > 80 ? `${given.slice(0, 80)}…` : given
  const value = setting.isSecret ? 'a value that is not accepted' : JSON.stringify(shown)
  return `${setting.variable} is ${value}: it must be ${setting.accepts}.`
}

type Declared<D extends string | null> = { readonly variable: string; readonly default: D }
type Value<D extends string | null, T> = D extends string ? T : T | null

/** A setting of any other kind. accepts: a noun phrase. parse: undefined when the text is not acceptable. */
export function declare<D extends string | null, T>(
  declared: Declared<D>,
  accepts: string,
  parse: (text: string) => T | undefined,
  isSecret = false,
): Setting<Value<D, T>> {
  return {
    variable: declared.variable,
    default: declared.default,
    accepts,
    isSecret,
    parse: parse as (text: string) => Value<D, T> | undefined,
  }
}

/** A duration in ms. Bounds as text: `{ min: '100ms', max: '10m' }`. */
export function durationSetting<D extends string | null>(
  declared: Declared<D> & { readonly min: string; readonly max: string },
): Setting<Value<D, number>> {
  const { min, max } = declared
  const example = declared.default ?? min
  return declare(declared, `a duration from ${min} to ${max}, such as ${example}`, (text) =>
    within(parseDurationMs(text), requireMs(min), requireMs(max)),
  )
}

/** A size in bytes. Bounds as text: `{ min: '64KiB', max: '1GiB' }`. */
export function bytesSetting<D extends string | null>(
  declared: Declared<D> & { readonly min: string; readonly max: string },
): Setting<Value<D, number>> {
  const { min, max } = declared
  const example = declared.default ?? min
  return declare(declared, `a size from ${min} to ${max}, such as ${example}`, (text) =>
    within(parseBytes(text), requireBytes(min), requireBytes(max)),
  )
}

/** A whole number. */
export function countSetting<D extends string | null>(
  declared: Declared<D> & { readonly min: number; readonly max: number },
): Setting<Value<D, number>> {
  const { min, max } = declared
  return declare(declared, `a whole number from ${min} to ${max}`, (text) =>
    within(parseWhole(text), min, max),
  )
}

/** A TCP port; 0 lets the system choose a free one. */
export function portSetting<D extends string | null>(
  declared: Declared<D>,
): Setting<Value<D, number>> {
  return declare(declared, 'a port from 1 to 65535, or 0 for any free one', (text) =>
    within(parseWhole(text), 0, 65_535),
  )
}

/** An address to listen on: IPv4, IPv6 (brackets are taken off) or a host name. */
export function hostSetting<D extends string | null>(
  declared: Declared<D>,
): Setting<Value<D, string>> {
  return declare(
    declared,
    'an address to listen on, such as 127.0.0.1, ::1 or 0.0.0.0',
    parseListenHost,
  )
}

/** One of a few words, in lower case. */
export function choiceSetting<D extends string | null, const C extends string>(
  declared: Declared<D> & { readonly choices: readonly C[] },
): Setting<Value<D, C>> {
  const { choices } = declared
  return declare(declared, `one of ${choices.join(', ')}`, (text) =>
    choices.find((choice) => choice === text.toLowerCase()),
  )
}

/** true or false. */
export function flagSetting<D extends string | null>(
  declared: Declared<D>,
): Setting<Value<D, boolean>> {
  return declare(declared, 'true or false', (text) =>
    text.toLowerCase() === 'true' ? true : text.toLowerCase() === 'false' ? false : undefined,
  )
}

/** Free text, such as a path. Lengths in UTF-16 units. */
export function textSetting<D extends string | null>(
  declared: Declared<D>,
): Setting<Value<D, string>> {
  return declare(declared, 'text of at most 4096 characters', (text) =>
    text.length <= 4096 && !text.includes('\0') ? text : undefined,
  )
}

/** A secret: its value is never shown. */
export function secretSetting<D extends string | null>(
  declared: Declared<D> & { readonly charactersMin: number },
): Setting<Value<D, string>> {
  const { charactersMin } = declared
  const accepts = `at least ${charactersMin} and at most 4096 printable characters without spaces`
  const parse = (text: string) =>
    text.length >= charactersMin && text.length <= 4096 && /^[\x21-\x7e]+$/.test(text)
      ? text
      : undefined
  return declare(declared, accepts, parse, true)
}

/** A PostgreSQL connection URL. Secret, because it may hold a password. */
export function databaseUrlSetting<D extends string | null>(
  declared: Declared<D>,
): Setting<Value<D, string>> {
  const accepts = 'a PostgreSQL URL such as postgres://user:password@host:5432/database'
  const parse = (text: string) => {
    const url = URL.parse(text)
    return url && /^postgres(ql)?:$/.test(url.protocol) && url.pathname.length > 1
      ? text
      : undefined
  }
  return declare(declared, accepts, parse, true)
}

/** The public http(s) URL of a server, without trailing slash; a path is kept. */
export function httpUrlSetting<D extends string | null>(
  declared: Declared<D>,
): Setting<Value<D, string>> {
  const accepts = 'a URL such as https://strayline.example.org, without user, query or fragment'
  return declare(declared, accepts, (text) => {
    const url = URL.parse(text)
    if (!url || !/^https?:$/.test(url.protocol)) return undefined
    if (url.username || url.password || url.search || url.hash) return undefined
    return url.href.replace(/\/+$/, '')
  })
}

const DURATION_UNIT_MS: ReadonlyMap<string, number> = new Map([
  ['ms', 1],
  ['s', 1000],
  ['m', 60_000],
  ['h', 3_600_000],
  ['d', 86_400_000],
])
const SIZE_UNIT_BYTES: ReadonlyMap<string, number> = new Map([
  ['b', 1],
  ['kib', 1024],
  ['mib', 1024 ** 2],
  ['gib', 1024 ** 3],
  ['tib', 1024 ** 4],
])
/** '100ms', '3s', '1.5m', '48h', '30d' -> ms; undefined when it is no duration. */
export function parseDurationMs(text: string): number | undefined {
  return parseUnit(/^(\d{1,12}(?:\.\d{1,6})?) ?(ms|s|m|h|d)$/, DURATION_UNIT_MS, text)
}

/** '512B', '64KiB', '16 MiB', '4GiB' -> bytes; undefined when it is no size. */
export function parseBytes(text: string): number | undefined {
  return parseUnit(/^(\d{1,12}(?:\.\d{1,6})?) ?(b|[kmgt]ib)$/, SIZE_UNIT_BYTES, text)
}

function parseUnit(
  shape: RegExp,
  units: ReadonlyMap<string, number>,
  text: string,
): number | undefined {
  const match = shape.exec(text.toLowerCase())
  const factor = units.get(match?.[2] ?? '')
  return match && factor !== undefined ? Math.round(Number(match[1]) * factor) : undefined
}

function parseWhole(text: string): number | undefined {
  return /^\d{1,15}$/.test(text) ? Number(text) : undefined
}

function parseListenHost(text: string): string | undefined {
  const host = text.startsWith('[') && text.endsWith(']') ? text.slice(1, -1) : text
  if (host.includes(':')) return URL.canParse(`http://[${host}]/`) ? host : undefined
  if (!/^[A-Za-z0-9]([A-Za-z0-9.-]{0,252})$/.test(host)) return undefined
  // Digits and dots only must be a whole IPv4 address: URL rewrites 127.1 and refuses 999.1.1.1.
  if (/^[\d.]+$/.test(host))
    return URL.parse(`http://${host}/`)?.hostname === host ? host : undefined
  return host
}

/** Whether only this machine can reach a listener on that address. */
export function isLoopbackHost(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host)
}

function within(value: number | undefined, min: number, max: number): number | undefined {
  return value !== undefined && value >= min && value <= max ? value : undefined
}

function requireMs(text: string): number {
  const durationMs = parseDurationMs(text)
  if (durationMs === undefined) throw new Error(`a bound is not a duration: ${text}`)
  return durationMs
}

function requireBytes(text: string): number {
  const bytes = parseBytes(text)
  if (bytes === undefined) throw new Error(`a bound is not a size: ${text}`)
  return bytes
}

// Where a baseline comes from, for the command line: a file, or a server's version over its API. What is wrong with
// it is told in sentences, with line and column where it is a file.
import { readFile } from 'node:fs/promises'
import type { BaselineContent } from '../core/baseline/content.ts'
import { type BaselineLines, parseBaselineFile } from '../core/baseline/file/parse.ts'
import { FILE_CHARS_MAX } from '../core/baseline/file/read-yaml.ts'
import { readApiToken } from './config.ts'
import { nameOfFile } from './read-captures.ts'
import { describeSystemError } from './system-error.ts'

export type LoadedBaseline = {
  readonly content: BaselineContent
  readonly lines: BaselineLines
  /** As people know it. */
  readonly name: string
  /** Its path or URL. */
  readonly uri: string
  /** Null: a file. */
  readonly version: number | null
}
export type Loaded<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problems: readonly string[] }

/** Errors: one sentence a problem; never throws on input. */
export async function loadBaselineFile(file: string): Promise<Loaded<LoadedBaseline>> {
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch (error) {
    return failed(`${file}: ${describeSystemError(error)}`)
  }
  return readBaselineText(text, { name: file, uri: uriOf(file), version: null })
}

/** text: as it was read from what `of` names. */
export function readBaselineText(
  text: string,
  of: Pick<LoadedBaseline, 'name' | 'uri' | 'version'>,
): Loaded<LoadedBaseline> {
  const parsed = parseBaselineFile(text)
  if (!parsed.ok) {
    const problems = parsed.problems.map(
      ({ line, column, message }) => `${nameOfFile(of.name)}:${line}:${column}: ${message}`,
    )
    return { ok: false, problems }
  }
  return { ok: true, value: { content: parsed.content, lines: parsed.lines, ...of } }
}

export type ServerRequest = {
  /** Such as http://127.0.0.1:8300. */
  readonly server: string
  readonly environment: string
  readonly version: number | 'active'
  readonly tokenFile: string | null
}

const ANSWER_WITHIN_MS = 30_000

/** Errors: one sentence that says what to do; never throws on what a server answers. */
export async function fetchBaseline(request: ServerRequest): Promise<Loaded<LoadedBaseline>> {
  const token = await readToken(request.tokenFile)
  if (!token.ok) return token
  const url = urlOf(request)
  if (url === null) return failed(`${request.server} is no http(s) address`)
  const answer = await ask(url, token.value)
  if (!answer.ok) return answer
  const version = Number(answer.value.version)
  return readBaselineText(answer.value.text, {
    name: `version ${version} of ${url.host}`,
    uri: url.href,
    version,
  })
}

function urlOf({ server, environment, version }: ServerRequest): URL | null {
  if (!URL.canParse(server)) return null
  const base = new URL(server.endsWith('/') ? server : `${server}/`)
  if (base.protocol !== 'http:' && base.protocol !== 'https:') return null
  const url = new URL(`api/v1/baselines/${version}`, base)
  url.searchParams.set('environment', environment)
  url.searchParams.set('format', 'yaml')
  return url
}

async function readToken(file: string | null): Promise<Loaded<string>> {
  if (file === null) {
    const token = readApiToken()
    const how = 'set STRAYLINE_TOKEN or name a file with --token-file (strayline token create)'
    return token === null ? failed(`a server asks for a token: ${how}`) : { ok: true, value: token }
  }
  try {
    return { ok: true, value: (await readFile(file, 'utf8')).trim() }
  } catch (error) {
    return failed(`${file}: ${describeSystemError(error)}`)
  }
}

type Answer = { readonly text: string; readonly version: string }

/** A redirect is an answer too: the token goes nowhere but where it was to be sent. */
async function ask(url: URL, token: string): Promise<Loaded<Answer>> {
  try {
    const response = await fetch(url, {
      headers: { authorization: `Bearer ${token}`, accept: 'application/yaml, application/json' },
      redirect: 'manual',
      signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
    })
    const text = await response.text()
    if (!response.ok) return failed(`${url.origin} ${sayRefusal(response.status, text)}`)
    if (text.length > FILE_CHARS_MAX) return failed(`${url.origin} sent too large a baseline`)
    return {
      ok: true,
      value: { text, version: response.headers.get('strayline-baseline-version') ?? '' },
    }
  } catch (error) {
    if (!(error instanceof Error)) throw error
    const cause = error.cause instanceof Error ? error.cause.message : error.message
    return failed(`${url.origin} did not answer: ${cause}`)
  }
}

/** detail: of the problem document (RFC 9457), where the server sent one. */
function sayRefusal(status: number, text: string): string {
  if (status === 401) return 'refuses the token (401); make one with strayline token create'
  if (status === 403) return 'does not let this token read baselines (403)'
  const detail = detailOf(text)
  return `answered ${status}${detail === null ? '' : `: ${detail}`}`
}

function detailOf(text: string): string | null {
  try {
    const problem: unknown = JSON.parse(text)
    if (typeof problem !== 'object' || problem === null) return null
    const { detail, title } = problem as { readonly detail?: unknown; readonly title?: unknown }
    const said = detail ?? title
    return typeof said === 'string' ? said.slice(0, 300) : null
  } catch (error) {
    if (error instanceof SyntaxError) return null
    throw error
  }
}

/** A relative path as reports name it: with forward slashes, percent-encoded. */
function uriOf(file: string): string {
  return file.split(/[\\/]/).map(encodeURIComponent).join('/')
}

function failed(problem: string): { readonly ok: false; readonly problems: readonly string[] } {
  return { ok: false, problems: [problem] }
}

// What a server answers over its API, for the command line: asked with an API token, told in sentences when it cannot
// be had. A redirect is an answer too: the token goes nowhere but where it was to be sent.
import { readFile } from 'node:fs/promises'
import { readApiToken } from './config.ts'
import { describeSystemError } from './system-error.ts'

export type Loaded<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problems: readonly string[] }

export function failed(problem: string): {
  readonly ok: false
  readonly problems: readonly string[]
} {
  return { ok: false, problems: [problem] }
}

/** Of a path under /api/v1; null: the server's address is no http(s) address. */
export function findApiUrl(server: string, path: string): URL | null {
  if (!URL.canParse(server)) return null
  const base = new URL(server.endsWith('/') ? server : `${server}/`)
  if (base.protocol !== 'http:' && base.protocol !== 'https:') return null
  return new URL(`api/v1/${path}`, base)
}

export type ServerQuestion = {
  /** Null: the variable STRAYLINE_TOKEN has the token. */
  readonly tokenFile: string | null
  readonly charsMax: number
  /** Present: it is posted as JSON. */
  readonly body?: unknown
}
export type ServerAnswer = { readonly text: string; readonly headers: Headers }

const ANSWER_WITHIN_MS = 30_000
/** A backtest of a large environment on a busy machine. */
const POST_WITHIN_MS = 300_000

/** Errors: one sentence that says what to do; never throws on what a server answers. */
export async function askServer(
  url: URL,
  { tokenFile, charsMax, body }: ServerQuestion,
): Promise<Loaded<ServerAnswer>> {
  const token = await readToken(tokenFile)
  if (!token.ok) return token
  const authorization = `Bearer ${token.value}`
  const accept = 'application/yaml, application/json'
  const posted = {
    method: 'POST',
    headers: { authorization, accept, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  }
  const request = body === undefined ? { headers: { authorization, accept } } : posted
  const withinMs = body === undefined ? ANSWER_WITHIN_MS : POST_WITHIN_MS
  try {
    const signal = AbortSignal.timeout(withinMs)
    const response = await fetch(url, { ...request, redirect: 'manual', signal })
    const text = await response.text()
    if (!response.ok) return failed(`${url.origin} ${sayRefusal(response.status, text)}`)
    if (text.length > charsMax) return failed(`${url.origin} sent too large an answer`)
    return { ok: true, value: { text, headers: response.headers } }
  } catch (error) {
    if (!(error instanceof Error)) throw error
    const cause = error.cause instanceof Error ? error.cause.message : error.message
    return failed(`${url.origin} did not answer: ${cause}`)
  }
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

/** detail: of the problem document (RFC 9457), where the server sent one. */
function sayRefusal(status: number, text: string): string {
  if (status === 401) return 'refuses the token (401); make one with strayline token create'
  if (status === 403) return 'does not let this token ask this (403)'
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

// Where a baseline comes from, for the command line: a file, or a server's version over its API. What is wrong with
// it is told in sentences, with line and column where it is a file.
import { readFile } from 'node:fs/promises'
import type { BaselineContent } from '../core/baseline/content.ts'
import { type BaselineLines, parseBaselineFile } from '../core/baseline/file/parse.ts'
import { FILE_CHARS_MAX } from '../core/baseline/file/read-yaml.ts'
import { nameOfFile } from './read-captures.ts'
import { askServer, failed, findApiUrl, type Loaded } from './server-answer.ts'
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

/** Errors: one sentence that says what to do; never throws on what a server answers. */
export async function fetchBaseline(request: ServerRequest): Promise<Loaded<LoadedBaseline>> {
  const { server, tokenFile, environment, version: wanted } = request
  const url = findApiUrl(server, `baselines/${wanted}`)
  if (url === null) return failed(`${server} is no http(s) address`)
  url.searchParams.set('environment', environment)
  url.searchParams.set('format', 'yaml')
  const answer = await askServer(url, { tokenFile, charsMax: FILE_CHARS_MAX })
  if (!answer.ok) return answer
  const version = Number(answer.value.headers.get('strayline-baseline-version') ?? '')
  return readBaselineText(answer.value.text, {
    name: `version ${version} of ${url.host}`,
    uri: url.href,
    version,
  })
}

/** A relative path as reports name it: with forward slashes, percent-encoded. */
function uriOf(file: string): string {
  return file.split(/[\\/]/).map(encodeURIComponent).join('/')
}

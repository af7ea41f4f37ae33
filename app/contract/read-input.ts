// Query and body of a request by their schemas. A body is read piece by piece, so that one that is too
// large is refused before it is in memory; a refusal names the field.
import type { z } from 'zod'
import { problem } from '../problem.ts'
import type { BodySpec } from './route-spec.ts'

const BODY_BYTES_MAX = 64 * 1024
const YAML_TYPES: ReadonlySet<string> = new Set([
  'application/yaml',
  'application/x-yaml',
  'text/yaml',
])

export type ReadInput<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly response: Response }

/** The query by a schema. The first of a repeated field counts. */
export function readFields<S extends z.ZodType>(
  request: Request,
  schema: S,
): ReadInput<z.output<S>> {
  const parsed = schema.safeParse(queryOf(request))
  if (parsed.success) return { ok: true, value: parsed.data }
  return refuse(400, sayIssue(parsed.error, 'query'))
}

function queryOf(request: Request): { readonly [name: string]: string } {
  return Object.fromEntries([...new URL(request.url).searchParams].toReversed())
}

/** The body by its schema, or a 400, 413 or 415 problem. */
export async function readBody(request: Request, spec: BodySpec): Promise<ReadInput<unknown>> {
  const type = request.headers.get('content-type')?.split(';')[0]?.trim().toLowerCase() ?? ''
  const yaml = YAML_TYPES.has(type) ? spec.yaml : undefined
  if (type !== 'application/json' && !yaml) {
    const types = spec.yaml ? 'application/json or application/yaml' : 'application/json'
    return refuse(415, `The body must be ${types}.`)
  }
  const bytesMax = yaml?.bytesMax ?? spec.bytesMax ?? BODY_BYTES_MAX
  const bytes = await readBytes(request, bytesMax)
  if (bytes === null) return refuse(413, `The body has more than ${bytesMax} bytes.`)
  const text = decodeText(bytes)
  if (text === null) return refuse(400, 'The body is not UTF-8 text.')
  const value = yaml ? yaml.parse(text, queryOf(request)) : parseJson(text)
  if (!value.ok) return refuse(400, value.problem)
  const parsed = spec.schema.safeParse(value.value)
  if (parsed.success) return { ok: true, value: parsed.data }
  return refuse(400, sayIssue(parsed.error, 'body'))
}

/** The bytes of a body, however they come; null when there are more than bytesMax. */
export async function readBytes(request: Request, bytesMax: number): Promise<Uint8Array | null> {
  if (Number(request.headers.get('content-length')) > bytesMax) return null
  const pieces: Uint8Array[] = []
  let bytes = 0
  for await (const piece of request.body ?? []) {
    bytes += piece.length
    if (bytes > bytesMax) return null
    pieces.push(piece)
  }
  return Buffer.concat(pieces)
}

function decodeText(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch (error) {
    if (error instanceof TypeError) return null
    throw error
  }
}

function parseJson(
  text: string,
): { readonly ok: true; readonly value: unknown } | { readonly ok: false; problem: string } {
  try {
    return { ok: true, value: JSON.parse(text) }
  } catch {
    return { ok: false, problem: 'The body is not JSON.' }
  }
}

/** The first thing that is wrong, with its field. */
function sayIssue(error: z.ZodError, whole: string): string {
  const [issue] = error.issues
  const field = issue?.path.join('.') || whole
  return `${field}: ${issue?.message ?? 'not accepted'}`
}

function refuse(status: 400 | 413 | 415, detail: string): { ok: false; response: Response } {
  return { ok: false, response: problem(status, detail) }
}

// What the routes accept, declared once. A query that does not fit gets a 400 that names the field.
import { z } from 'zod'
import { isImportEnvironment } from '../components/import/import-view.ts'
import { DEFAULT_WINDOW, WINDOWS } from '../components/map/windows.ts'
import { ALERT_STATES } from '../core/baseline/alert-state.ts'
import { EXPORT_FORMATS } from '../core/export/formats.ts'
import { problem } from './problem.ts'

const BODY_CHARACTERS_MAX = 64 * 1024

/** Text that Postgres can hold. */
const StorableText = z.string().refine((text) => !text.includes('\0'), 'must not hold NUL')

export const Environment = StorableText.min(1).max(600)
/** Why a person decided so. */
export const Reason = StorableText.trim().min(1).max(1000)
/** What a person is called. */
export const PersonName = StorableText.trim().min(1).max(120)

export const GraphQuery = z.object({
  environment: Environment,
  window: z.enum(WINDOWS).default(DEFAULT_WINDOW),
})

export const ExportQuery = GraphQuery.extend({
  format: z.enum(EXPORT_FORMATS),
  /** Unix ms, within what a date can be. */
  at: z.coerce.number().int().min(0).max(8.64e15).optional(),
})

export const AlertQuery = z.object({
  environment: Environment.optional(),
  state: z.enum([...ALERT_STATES, 'all']).default('open'),
})

/** Ids of stored nodes, edges and alerts: whole numbers, as text. */
export const StoredId = z.string().regex(/^\d{1,18}$/)

/** The beginning of an import: a file's name and size, and where its traces go. */
export const ImportStart = z.object({
  fileName: StorableText.min(1).max(255),
  fileBytes: z.int().min(1, 'the file is empty'),
  environment: StorableText.refine(
    isImportEnvironment,
    'letters, digits, dots, dashes and underscores, at most 64, and neither default nor demo',
  ),
})

/** A piece of a file that is imported: whose, and at which byte it begins. */
export const PieceQuery = z.object({ at: z.coerce.number().int().min(0) })
export const ImportId = z.uuid()

export type ParsedQuery<T> =
  | { readonly ok: true; readonly query: T }
  | { readonly ok: false; readonly response: Response }

/** The query string by a schema, or a 400 problem. The first of a repeated field counts. */
export function parseQuery<S extends z.ZodType>(
  request: Request,
  schema: S,
): ParsedQuery<z.infer<S>> {
  const parameters = new URL(request.url).searchParams
  const given = Object.fromEntries([...parameters].toReversed())
  const parsed = schema.safeParse(given)
  if (parsed.success) return { ok: true, query: parsed.data }
  return { ok: false, response: refuse(parsed.error, 'query') }
}

export type ParsedBody<T> =
  | { readonly ok: true; readonly body: T }
  | { readonly ok: false; readonly response: Response }

/** A small JSON body by a schema, or a 400, 413 or 415 problem. */
export async function parseBody<S extends z.ZodType>(
  request: Request,
  schema: S,
): Promise<ParsedBody<z.infer<S>>> {
  const type = request.headers.get('content-type')?.split(';')[0]?.trim().toLowerCase()
  if (type !== 'application/json')
    return { ok: false, response: problem(415, 'The body must be application/json.') }
  const text = await request.text()
  if (text.length > BODY_CHARACTERS_MAX)
    return { ok: false, response: problem(413, 'The body is too large.') }
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return { ok: false, response: problem(400, 'The body is not JSON.') }
  }
  const parsed = schema.safeParse(value)
  if (parsed.success) return { ok: true, body: parsed.data }
  return { ok: false, response: refuse(parsed.error, 'body') }
}

function refuse(error: z.ZodError, whole: string): Response {
  const [issue] = error.issues
  const field = issue?.path.join('.') || whole
  return problem(400, `${field}: ${issue?.message ?? 'not accepted'}`)
}

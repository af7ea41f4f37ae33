// What the routes of one edge and of one node have in common: an id, a window, and a 404.
import { GraphQuery, parseQuery, StoredId } from './api-input.ts'
import { database } from './database.ts'
import { jsonAnswer } from './json-answer.ts'
import { problem } from './problem.ts'
import type { DetailRequest } from './read-detail.ts'

export type DetailContext = { readonly params: Promise<{ readonly id: string }> }

export type DetailKind = {
  readonly read: (
    sql: ReturnType<typeof database>,
    request: DetailRequest,
  ) => Promise<object | null>
  readonly noun: string
}

/** The detail as JSON. The session was checked before. */
export async function answerDetail(
  request: Request,
  { params }: DetailContext,
  { read, noun }: DetailKind,
): Promise<Response> {
  const id = StoredId.safeParse((await params).id)
  const input = parseQuery(request, GraphQuery)
  if (!input.ok) return input.response
  const detail = id.success
    ? await read(database(), { ...input.query, id: id.data, nowMs: Date.now() })
    : null
  if (detail === null) return problem(404, `There is no such ${noun} in this window.`)
  return jsonAnswer(request, detail)
}

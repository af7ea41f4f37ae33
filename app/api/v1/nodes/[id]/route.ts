// GET /api/v1/nodes/ID?environment=&window=: everything the side panel shows of one node.
import { GraphQuery, parseQuery, StoredId } from '../../../../api-input.ts'
import { database } from '../../../../database.ts'
import { jsonAnswer } from '../../../../json-answer.ts'
import { answerSafely, problem } from '../../../../problem.ts'
import { readNodeDetail } from '../../../../read-detail.ts'
import { requireRouteSession } from '../../../../session.ts'

type Context = { readonly params: Promise<{ readonly id: string }> }

export function GET(request: Request, { params }: Context): Promise<Response> {
  return answerSafely(async () => {
    const session = await requireRouteSession(request)
    if (!session.ok) return session.response
    const id = StoredId.safeParse((await params).id)
    const input = parseQuery(request, GraphQuery)
    if (!input.ok) return input.response
    const detail = id.success
      ? await readNodeDetail(database(), { ...input.query, id: id.data, nowMs: Date.now() })
      : null
    if (detail === null) return problem(404, 'There is no such node in this window.')
    return jsonAnswer(request, detail)
  })
}

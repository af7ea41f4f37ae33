// GET /api/v1/graph?environment=&window=: the graph of a window, held against the active baseline.
import { GraphQuery, parseQuery } from '../../../api-input.ts'
import { database } from '../../../database.ts'
import { jsonAnswer } from '../../../json-answer.ts'
import { answerSafely } from '../../../problem.ts'
import { readMap } from '../../../read-map.ts'
import { requireRouteSession } from '../../../session.ts'

export function GET(request: Request): Promise<Response> {
  return answerSafely(async () => {
    const session = await requireRouteSession(request)
    if (!session.ok) return session.response
    const input = parseQuery(request, GraphQuery)
    if (!input.ok) return input.response
    return jsonAnswer(request, await readMap(database(), { ...input.query, nowMs: Date.now() }))
  })
}

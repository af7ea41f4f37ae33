// GET /api/v1/alerts?environment=&state=: alerts of one state (or all), newest first, and counts.
import { AlertQuery, parseQuery } from '../../../api-input.ts'
import { database } from '../../../database.ts'
import { jsonAnswer } from '../../../json-answer.ts'
import { answerSafely } from '../../../problem.ts'
import { readAlertList } from '../../../read-alerts.ts'
import { requireRouteSession } from '../../../session.ts'

export function GET(request: Request): Promise<Response> {
  return answerSafely(async () => {
    const session = await requireRouteSession(request)
    if (!session.ok) return session.response
    const input = parseQuery(request, AlertQuery)
    if (!input.ok) return input.response
    const { environment, state } = input.query
    const list = await readAlertList(database(), {
      environment: environment ?? null,
      state: state === 'all' ? null : state,
    })
    return jsonAnswer(request, list)
  })
}

// GET /api/v1/session: who is signed in; 401 when nobody is.
import { jsonAnswer } from '../../../json-answer.ts'
import { answerSafely } from '../../../problem.ts'
import { requireRouteSession } from '../../../session.ts'

export function GET(request: Request): Promise<Response> {
  return answerSafely(async () => {
    const session = await requireRouteSession(request)
    if (!session.ok) return session.response
    const { name, email, role } = session.user
    return jsonAnswer(request, { name, email, role })
  })
}

// GET /api/v1/intake: what has come in so far and what was refused, for whoever connects a sender.
import { database } from '../../../database.ts'
import { jsonAnswer } from '../../../json-answer.ts'
import { answerSafely } from '../../../problem.ts'
import { readIntake } from '../../../read-intake.ts'
import { requireRouteSession } from '../../../session.ts'

export function GET(request: Request): Promise<Response> {
  return answerSafely(async () => {
    const session = await requireRouteSession(request)
    if (!session.ok) return session.response
    return jsonAnswer(request, await readIntake(database(), Date.now()))
  })
}

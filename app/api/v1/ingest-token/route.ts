// GET /api/v1/ingest-token: the token that senders must show, for admins; it is in no page.
import { ingestToken } from '../../../collector-address.ts'
import { answerSafely, problem } from '../../../problem.ts'
import { requireAdmin, requireRouteSession } from '../../../session.ts'

export function GET(request: Request): Promise<Response> {
  return answerSafely(async () => {
    const session = requireAdmin(await requireRouteSession(request))
    if (!session.ok) return session.response
    const token = ingestToken()
    if (token === null) return problem(404, 'The collector asks for no token.')
    return Response.json({ token }, { headers: { 'cache-control': 'no-store' } })
  })
}

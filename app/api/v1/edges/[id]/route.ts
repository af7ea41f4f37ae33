// GET /api/v1/edges/ID?environment=&window=: everything the side panel shows of one edge.
import { answerDetail, type DetailContext } from '../../../../detail-answer.ts'
import { answerSafely } from '../../../../problem.ts'
import { readEdgeDetail } from '../../../../read-detail.ts'
import { requireRouteSession } from '../../../../session.ts'

export function GET(request: Request, context: DetailContext): Promise<Response> {
  return answerSafely(async () => {
    const session = await requireRouteSession(request)
    if (!session.ok) return session.response
    return answerDetail(request, context, { read: readEdgeDetail, noun: 'edge' })
  })
}

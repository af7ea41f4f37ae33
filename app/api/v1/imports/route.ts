// /api/v1/imports: bringing in a capture file, one at a time. GET tells how far the newest is, POST begins
// one (its pieces follow, see [id]), DELETE cancels it.
import { ImportStart, parseBody } from '../../../api-input.ts'
import { beginImport, cancelImport, readImport } from '../../../imports/import-session.ts'
import { jsonAnswer } from '../../../json-answer.ts'
import { answerSafely, problem } from '../../../problem.ts'
import { requireDecider, requireRouteSession } from '../../../session.ts'

export function GET(request: Request): Promise<Response> {
  return answerSafely(async () => {
    const session = await requireRouteSession(request)
    if (!session.ok) return session.response
    return jsonAnswer(request, { import: readImport() })
  })
}

export function POST(request: Request): Promise<Response> {
  return answerSafely(async () => {
    const session = requireDecider(await requireRouteSession(request))
    if (!session.ok) return session.response
    const input = await parseBody(request, ImportStart)
    if (!input.ok) return input.response
    const begun = await beginImport({ ...input.body, startedBy: session.user.email })
    if (!begun.ok) return problem(begun.status, begun.problem)
    return Response.json({ import: begun.view }, { status: 201 })
  })
}

export function DELETE(request: Request): Promise<Response> {
  return answerSafely(async () => {
    const session = requireDecider(await requireRouteSession(request))
    if (!session.ok) return session.response
    if (await cancelImport()) return new Response(null, { status: 204 })
    return problem(404, 'Nothing is being imported.')
  })
}

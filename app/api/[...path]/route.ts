// Every API path that no other route answers: 401 without a session, 404 with one, in JSON like the rest.
import { problem } from '../../problem.ts'
import { requireRouteSession } from '../../session.ts'

async function answerUnknown(request: Request): Promise<Response> {
  const session = await requireRouteSession(request)
  if (!session.ok) return session.response
  return problem(404, 'There is no such route.')
}

export {
  answerUnknown as DELETE,
  answerUnknown as GET,
  answerUnknown as PATCH,
  answerUnknown as POST,
  answerUnknown as PUT,
}

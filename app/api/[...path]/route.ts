// Every API path that no other route answers: 401 without a session, 404 with one, in JSON like the rest.
import { findCaller } from '../../caller.ts'
import { answerSafely, problem } from '../../problem.ts'

function answerUnknown(request: Request): Promise<Response> {
  return answerSafely(async () => {
    const found = await findCaller(request)
    return found.ok ? problem(404, UNKNOWN) : found.response
  })
}

const UNKNOWN = 'There is no such route; /api/v1/openapi.json lists them.'

export {
  answerUnknown as DELETE,
  answerUnknown as GET,
  answerUnknown as PATCH,
  answerUnknown as POST,
  answerUnknown as PUT,
}

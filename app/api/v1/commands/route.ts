// /api/v1/commands: what the dashboard runs for a person. GET tells how far each is; POST {kind} starts the
// demo (an import starts with its upload, see ../imports); DELETE ?kind= stops one. The demo is an admin's.
import { z } from 'zod'
import { parseBody, parseQuery } from '../../../api-input.ts'
import { COMMAND_KINDS } from '../../../commands/command-state.ts'
import { readCommands, stopCommand } from '../../../commands/run-command.ts'
import { startDemo } from '../../../commands/start-demo.ts'
import { jsonAnswer } from '../../../json-answer.ts'
import { answerSafely, problem } from '../../../problem.ts'
import { requireAdmin, requireDecider, requireRouteSession } from '../../../session.ts'

const Start = z.object({ kind: z.literal('demo') })
const Stop = z.object({ kind: z.enum(COMMAND_KINDS) })

export function GET(request: Request): Promise<Response> {
  return answerSafely(async () => {
    const session = await requireRouteSession(request)
    if (!session.ok) return session.response
    return jsonAnswer(request, { commands: readCommands() })
  })
}

export function POST(request: Request): Promise<Response> {
  return answerSafely(async () => {
    const session = requireAdmin(await requireRouteSession(request))
    if (!session.ok) return session.response
    const input = await parseBody(request, Start)
    if (!input.ok) return input.response
    const started = startDemo({ startedBy: session.user.email })
    return started.ok
      ? Response.json(started.state, { status: 202 })
      : problem(409, started.problem)
  })
}

export function DELETE(request: Request): Promise<Response> {
  return answerSafely(async () => {
    const session = await requireRouteSession(request)
    if (!session.ok) return session.response
    const input = parseQuery(request, Stop)
    if (!input.ok) return input.response
    const allowed = (input.query.kind === 'demo' ? requireAdmin : requireDecider)(session)
    if (!allowed.ok) return allowed.response
    if (stopCommand(input.query.kind)) return new Response(null, { status: 204 })
    return problem(404, 'Nothing of this kind runs.')
  })
}

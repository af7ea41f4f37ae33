// /api/v1/commands: what the dashboard runs for a person: how far each is, start the demo (an import starts
// with its upload, see ../imports), stop one. The demo is an admin's.
import { actorOf } from '../../../caller.ts'
import { readCommands, stopCommand } from '../../../commands/run-command.ts'
import { startDemo } from '../../../commands/start-demo.ts'
import { LIST_COMMANDS, START_COMMAND, STOP_COMMAND } from '../../../contract/routes/intake.ts'
import { methods, serve } from '../../../contract/serve.ts'
import { problem } from '../../../problem.ts'

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = methods(
  serve(LIST_COMMANDS, async () => ({ commands: readCommands() })),
  serve(START_COMMAND, async ({ caller }) => {
    const started = startDemo({ startedBy: actorOf(caller) })
    return started.ok ? started.state : problem(409, started.problem)
  }),
  serve(STOP_COMMAND, async ({ query: { kind }, caller }) => {
    if (kind === 'demo' && caller.role !== 'admin')
      return problem(403, 'Only an admin may stop the demo.')
    return stopCommand(kind) ? undefined : null
  }),
)

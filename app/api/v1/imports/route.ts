// /api/v1/imports: begins the import of a file in pieces (./[id]), tells how far it is, stops it.
import { actorOf } from '../../../caller.ts'
import { BEGIN_IMPORT, CANCEL_IMPORT, READ_IMPORT } from '../../../contract/routes/intake.ts'
import { methods, serve } from '../../../contract/serve.ts'
import { beginImport, cancelImport, readImport } from '../../../imports/import-session.ts'
import { problem } from '../../../problem.ts'

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = methods(
  serve(READ_IMPORT, async () => ({ import: readImport() })),
  serve(BEGIN_IMPORT, async ({ body, caller }) => {
    const begun = await beginImport({ ...body, startedBy: actorOf(caller) })
    return begun.ok ? { import: begun.view } : problem(begun.status, begun.problem)
  }),
  serve(CANCEL_IMPORT, async () => ((await cancelImport()) ? undefined : null)),
)

// /api/v1/session: who is asking; 401 when nobody is.
import { READ_SESSION } from '../../../contract/routes/about.ts'
import { methods, serve } from '../../../contract/serve.ts'

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = methods(
  serve(READ_SESSION, async ({ caller }) => {
    const { kind, name, role } = caller
    return { kind, name, email: caller.kind === 'person' ? caller.email : null, role }
  }),
)

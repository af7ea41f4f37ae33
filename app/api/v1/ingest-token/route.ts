// /api/v1/ingest-token: the token that senders must show, for admins; it is in no page.
import { ingestToken } from '../../../collector-address.ts'
import { READ_INGEST_TOKEN } from '../../../contract/routes/intake.ts'
import { methods, serve } from '../../../contract/serve.ts'

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = methods(
  serve(READ_INGEST_TOKEN, async () => {
    const token = ingestToken()
    if (token === null) return null
    return Response.json({ token }, { headers: { 'cache-control': 'no-store' } })
  }),
)

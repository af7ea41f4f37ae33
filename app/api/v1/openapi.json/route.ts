// /api/v1/openapi.json: what can be asked here, made once of the declared routes.
import { ALL_ROUTES } from '../../../contract/all-routes.ts'
import { buildOpenApi } from '../../../contract/openapi.ts'
import { READ_OPENAPI } from '../../../contract/routes/about.ts'
import { methods, serve } from '../../../contract/serve.ts'
import { oncePerProcess } from '../../../web-process.ts'

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = methods(
  serve(READ_OPENAPI, async () => oncePerProcess('openapi', () => buildOpenApi(ALL_ROUTES))),
)

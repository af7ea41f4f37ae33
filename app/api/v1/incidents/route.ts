// /api/v1/incidents: a page of incidents.
import { LIST_INCIDENTS } from '../../../contract/routes/incidents.ts'
import { methods, serve } from '../../../contract/serve.ts'
import { database } from '../../../database.ts'
import { readIncidentPage } from '../../../read-incidents.ts'

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = methods(
  serve(LIST_INCIDENTS, ({ query: { environment = null, state, limit, cursor } }) =>
    readIncidentPage(database(), {
      ...{ environment, state, limit },
      ...(cursor ? { after: cursor } : {}),
    }),
  ),
)

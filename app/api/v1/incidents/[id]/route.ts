// /api/v1/incidents/ID: one incident with its alerts.
import { READ_INCIDENT } from '../../../../contract/routes/incidents.ts'
import { methods, serve } from '../../../../contract/serve.ts'
import { database } from '../../../../database.ts'
import { readIncidentDetail } from '../../../../read-incidents.ts'

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = methods(
  serve(READ_INCIDENT, ({ params }) => readIncidentDetail(database(), params.id)),
)

// /api/v1/alerts: alerts of one state (or all), newest first, and counts.
import { LIST_ALERTS } from '../../../contract/routes/alerts.ts'
import { methods, serve } from '../../../contract/serve.ts'
import { database } from '../../../database.ts'
import { readAlertList } from '../../../read-alerts.ts'

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = methods(
  serve(LIST_ALERTS, ({ query: { environment = null, state } }) =>
    readAlertList(database(), { environment, state: state === 'all' ? null : state }),
  ),
)

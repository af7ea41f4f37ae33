// /api/v1/alerts: a page of alerts by filters, and counts for them.
import { LIST_ALERTS } from '../../../contract/routes/alerts.ts'
import { methods, serve } from '../../../contract/serve.ts'
import { database } from '../../../database.ts'
import { readAlertPage } from '../../../read-alerts.ts'

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = methods(
  serve(LIST_ALERTS, ({ query: { state, kind, severity, since, cursor, limit, ...rest } }) =>
    readAlertPage(database(), {
      ...Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined)),
      ...(state === 'all' ? {} : { states: state }),
      ...(kind ? { kinds: kind } : {}),
      ...(severity ? { severities: severity } : {}),
      ...(since === undefined ? {} : { sinceMs: since }),
      ...(cursor ? { after: cursor } : {}),
      limit,
    }),
  ),
)

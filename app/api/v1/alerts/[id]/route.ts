// /api/v1/alerts/ID: one alert with all that helps to decide.
import { READ_ALERT } from '../../../../contract/routes/alerts.ts'
import { methods, serve } from '../../../../contract/serve.ts'
import { database } from '../../../../database.ts'
import { readAlertDetail } from '../../../../read-alerts.ts'

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = methods(
  serve(READ_ALERT, ({ params }) => readAlertDetail(database(), params.id, Date.now())),
)

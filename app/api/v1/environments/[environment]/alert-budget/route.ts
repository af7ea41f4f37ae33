// /api/v1/environments/{environment}/alert-budget: alerts a day against the target.
import { readAlertBudget } from '../../../../../../storage/alert-budget.ts'
import { READ_ALERT_BUDGET } from '../../../../../contract/routes/alert-budget.ts'
import { methods, serve } from '../../../../../contract/serve.ts'
import { database } from '../../../../../database.ts'

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = methods(
  serve(READ_ALERT_BUDGET, ({ params: { environment }, query: { days } }) =>
    readAlertBudget(database(), environment, { nowMs: Date.now(), days }),
  ),
)

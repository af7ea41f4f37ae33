// /api/v1/alerts/ID/acts: one act on one alert. What it does not fit is a problem of its own.
import { StorageError } from '../../../../../../storage/failure.ts'
import { triageAlerts } from '../../../../../../storage/triage.ts'
import { actorOf } from '../../../../../caller.ts'
import { ACT_ON_ALERT } from '../../../../../contract/routes/alerts.ts'
import { methods, serve } from '../../../../../contract/serve.ts'
import { database } from '../../../../../database.ts'
import { selfApproval } from '../../../../../self-approval.ts'
import { choiceOf } from '../../../../../triage-input.ts'

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = methods(
  serve(ACT_ON_ALERT, async ({ params, body, caller }) => {
    const by = { actor: actorOf(caller), reason: body.reason, nowMs: Date.now() }
    const request = { ...choiceOf(body), ...by, alertIds: [params.id] }
    const outcome = await triageAlerts(database(), request, { selfApproval: selfApproval() })
    const [result] = outcome.results
    if (result?.outcome === 'refused') throw new StorageError(result.code, result.why)
    return outcome
  }),
)

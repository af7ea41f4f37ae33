// /api/v1/alerts/acts: one act on many alerts.
import { triageAlerts } from '../../../../../storage/triage.ts'
import { actorOf } from '../../../../caller.ts'
import { ACT_ON_ALERTS } from '../../../../contract/routes/alerts.ts'
import { methods, serve } from '../../../../contract/serve.ts'
import { database } from '../../../../database.ts'
import { selfApproval } from '../../../../self-approval.ts'
import { choiceOf } from '../../../../triage-input.ts'

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = methods(
  serve(ACT_ON_ALERTS, ({ body, caller }) => {
    const { alertIds, ...act } = body
    const by = { actor: actorOf(caller), reason: act.reason, nowMs: Date.now() }
    return triageAlerts(
      database(),
      { ...choiceOf(act), ...by, alertIds },
      { selfApproval: selfApproval() },
    )
  }),
)

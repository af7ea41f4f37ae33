// /api/v1/alerts/acts/ID/undo: takes an act back as a whole.
import { undoTriage } from '../../../../../../../storage/triage-undo.ts'
import { actorOf } from '../../../../../../caller.ts'
import { UNDO_ACT } from '../../../../../../contract/routes/alerts.ts'
import { methods, serve } from '../../../../../../contract/serve.ts'
import { database } from '../../../../../../database.ts'
import { selfApproval } from '../../../../../../self-approval.ts'

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = methods(
  serve(UNDO_ACT, ({ params, body, caller }) => {
    const by = { actor: actorOf(caller), reason: body.reason, nowMs: Date.now() }
    return undoTriage(database(), { actId: params.id, ...by }, { selfApproval: selfApproval() })
  }),
)

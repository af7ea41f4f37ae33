// Puts an act of triage on record: what it changed, so that it can be undone, and in the audit, with
// before and after. Whoever looks at alerts is told.

import type { AlertCondition } from './alert-record.ts'
import { appendAudit, type JsonValue } from './audit.ts'
import { notifyChange } from './events.ts'
import type { Query } from './sql.ts'
import {
  type AlertChange,
  insertAct,
  type TriageAction,
  type TriageRecord,
} from './triage-record.ts'

const AUDITED: { readonly [action in TriageAction]: string } = {
  accept: 'alert.accepted',
  reject: 'alert.rejected',
  snooze: 'alert.snoozed',
  assign: 'alert.assigned',
  comment: 'alert.commented',
  undo: 'alert.undone',
}

/** Comes last in its transaction (appendAudit). Returns the act's id. */
export async function recordAct(
  tx: Query,
  act: TriageRecord,
  changes: readonly AlertChange[],
): Promise<bigint> {
  const actId = await insertAct(tx, act, changes)
  const alerts = changes.map(({ alertId, before, after }): JsonValue => {
    return { id: String(alertId), before: plain(before), after: plain(after) }
  })
  const [first] = changes
  await appendAudit(tx, {
    actor: act.actor,
    action: AUDITED[act.action],
    subject: changes.length === 1 ? `alert ${first?.alertId}` : `${changes.length} alerts`,
    detail: {
      ...{ ...act.detail, act: String(actId), reason: act.reason, versions: act.versions, alerts },
      ...(act.undoes === null ? {} : { undoes: String(act.undoes) }),
    },
  })
  await notifyChange(tx)
  return actId
}

function plain(condition: AlertCondition): JsonValue {
  return { ...condition }
}

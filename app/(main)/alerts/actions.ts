'use server'
// Triage of one alert from its form, and the undo of what was done last.
import { revalidatePath } from 'next/cache'
import { z } from 'zod'
import type { ActionResult } from '../../../components/ui/reason-dialog.tsx'
import { triageAlerts } from '../../../storage/triage.ts'
import { undoTriage } from '../../../storage/triage-undo.ts'
import { StoredId } from '../../api-input.ts'
import { ActBody } from '../../contract/routes/alerts.ts'
import { database } from '../../database.ts'
import { explainRefusal } from '../../refusal.ts'
import { sayProposed, selfApproval } from '../../self-approval.ts'
import { mayDecide, requireSession } from '../../session.ts'
import { choiceOf } from '../../triage-input.ts'

const DecisionInput = z.object({ alertId: StoredId, act: ActBody })
const UndoInput = z.object({ actId: StoredId })

/** input: untrusted, as any request. The actor is the signed-in user. */
export async function decideAlert(input: unknown): Promise<ActionResult> {
  const user = await requireSession()
  if (!mayDecide(user.role)) return { ok: false, problem: 'Your role may not decide alerts.' }
  const parsed = DecisionInput.safeParse(input)
  if (!parsed.success) return { ok: false, problem: 'Say why, in at most 1000 characters.' }
  const { alertId, act } = parsed.data
  const by = { actor: user.email, reason: act.reason, nowMs: Date.now() }
  const request = { ...choiceOf(act), ...by, alertIds: [alertId] }
  try {
    const policy = { selfApproval: selfApproval() }
    const { results, versions } = await triageAlerts(database(), request, policy)
    const [result] = results
    if (result?.outcome === 'refused') return { ok: false, problem: result.why }
    const [made] = versions
    if (made?.state === 'in_review') return { ok: true, note: sayProposed(made.version) }
  } catch (error) {
    return { ok: false, problem: explainRefusal(error) }
  }
  revalidatePath('/', 'layout')
  return { ok: true }
}

/** input: untrusted. Undoes an act with all its alerts. */
export async function undoAct(input: unknown): Promise<ActionResult> {
  const user = await requireSession()
  if (!mayDecide(user.role)) return { ok: false, problem: 'Your role may not decide alerts.' }
  const parsed = UndoInput.safeParse(input)
  if (!parsed.success) return { ok: false, problem: 'There is no such act.' }
  const by = { actor: user.email, reason: '', nowMs: Date.now() }
  try {
    await undoTriage(database(), { ...parsed.data, ...by }, { selfApproval: selfApproval() })
  } catch (error) {
    return { ok: false, problem: explainRefusal(error) }
  }
  revalidatePath('/', 'layout')
  return { ok: true }
}

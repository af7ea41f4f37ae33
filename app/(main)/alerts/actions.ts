'use server'
// Deciding an alert: into the baseline, or not.
import { revalidatePath } from 'next/cache'
import { z } from 'zod'
import type { ActionResult } from '../../../components/ui/reason-dialog.tsx'
import { acceptAlert, rejectAlert } from '../../../storage/alerts.ts'
import { Reason, StoredId } from '../../api-input.ts'
import { database } from '../../database.ts'
import { explainRefusal } from '../../refusal.ts'
import { mayDecide, requireSession } from '../../session.ts'

const DecisionInput = z.object({
  alertId: StoredId,
  decision: z.enum(['accept', 'reject']),
  reason: Reason,
})

/** input: untrusted, as any request. The actor is the signed-in user. */
export async function decideAlert(input: unknown): Promise<ActionResult> {
  const user = await requireSession()
  if (!mayDecide(user.role)) return { ok: false, problem: 'Your role may not decide alerts.' }
  const parsed = DecisionInput.safeParse(input)
  if (!parsed.success) return { ok: false, problem: 'Say why, in at most 1000 characters.' }
  const { alertId, decision, reason } = parsed.data
  try {
    if (decision === 'accept') await acceptAlert(database(), { alertId, actor: user.email, reason })
    else await rejectAlert(database(), { alertId, actor: user.email, reason })
  } catch (error) {
    return { ok: false, problem: explainRefusal(error) }
  }
  revalidatePath('/', 'layout')
  return { ok: true }
}

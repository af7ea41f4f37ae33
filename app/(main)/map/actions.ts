'use server'
// Approving the graph of a window as the active baseline; removing an environment that is not of real traces.
import { revalidatePath } from 'next/cache'
import { z } from 'zod'
import { WINDOWS, windowRange } from '../../../components/map/windows.ts'
import type { ActionResult } from '../../../components/ui/reason-dialog.tsx'
import { approveBaseline } from '../../../storage/baselines.ts'
import { removeEnvironment } from '../../../storage/remove-environment.ts'
import { Environment, Reason, StoredId } from '../../api-input.ts'
import { endCommandsOf } from '../../commands/end-commands.ts'
import { database } from '../../database.ts'
import { explainRefusal } from '../../refusal.ts'
import { sayProposed, selfApproval } from '../../self-approval.ts'
import { mayDecide, requireSession } from '../../session.ts'

const EDGES_MAX = 100_000

const Approval = z.object({
  environment: Environment,
  window: z.enum(WINDOWS),
  edgeIds: z.array(StoredId).min(1).max(EDGES_MAX),
  reason: Reason,
})

/**
 * Approves these edges of the window and no other. input: untrusted, as any request. The author is the
 * signed-in user.
 */
export async function approveGraph(input: unknown): Promise<ActionResult> {
  const user = await requireSession()
  if (!mayDecide(user.role)) return { ok: false, problem: 'Your role may not approve a baseline.' }
  const parsed = Approval.safeParse(input)
  if (!parsed.success) return { ok: false, problem: 'Say why, in at most 1000 characters.' }
  const { environment, window, edgeIds, reason } = parsed.data
  const range = windowRange(window, Date.now())
  try {
    const approval = { environment, ...range, edgeIds: new Set(edgeIds) }
    const by = { author: user.email, reason, selfApproval: selfApproval() }
    const { version, state } = await approveBaseline(database(), { ...approval, ...by })
    if (state !== 'active') return { ok: true, note: sayProposed(version) }
  } catch (error) {
    return { ok: false, problem: explainRefusal(error) }
  }
  revalidatePath('/', 'layout')
  return { ok: true }
}

const Removing = z.object({ environment: Environment })

/** input: untrusted, as any request. What still sends to the environment is ended first. */
export async function removeGraph(input: unknown): Promise<ActionResult> {
  const user = await requireSession()
  if (user.role !== 'admin') return { ok: false, problem: 'Only an admin may remove this.' }
  const parsed = Removing.safeParse(input)
  if (!parsed.success) return { ok: false, problem: 'There is no such environment.' }
  const { environment } = parsed.data
  await endCommandsOf(environment)
  try {
    await removeEnvironment(database(), { environment, actor: user.email })
  } catch (error) {
    return { ok: false, problem: explainRefusal(error) }
  }
  revalidatePath('/', 'layout')
  return { ok: true }
}

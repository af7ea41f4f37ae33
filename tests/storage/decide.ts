// One decision about one alert, as tests make it: done, or thrown as what it was refused for.
import { StorageError } from '../../storage/failure.ts'
import type { Sql } from '../../storage/sql.ts'
import { type TriageOutcome, triageAlerts } from '../../storage/triage.ts'
import type { Acceptance } from '../../storage/triage-accept.ts'

export type Decision = {
  readonly alertId: string
  readonly actor: string
  readonly reason: string
}

/** Just these edges, for good, with nothing said of them. */
export const PLAIN: Acceptance = {
  ...{ purpose: '', owner: '', ticket: '', expiresAtMs: null, pattern: null },
}

/** Returns the version that it made. */
export async function acceptAlert(sql: Sql, decision: Decision): Promise<number> {
  const outcome = await decide(sql, { ...decision, action: 'accept', acceptance: PLAIN })
  return outcome.versions[0]?.version ?? 0
}

export async function rejectAlert(sql: Sql, decision: Decision): Promise<void> {
  await decide(sql, { ...decision, action: 'reject' })
}

type Choice = { action: 'accept'; acceptance: Acceptance } | { action: 'reject' }

async function decide(sql: Sql, { alertId, ...rest }: Decision & Choice): Promise<TriageOutcome> {
  const request = { ...rest, alertIds: [alertId], nowMs: Date.now() }
  const outcome = await triageAlerts(sql, request, { selfApproval: 'allowed' })
  const [result] = outcome.results
  if (result?.outcome === 'refused') throw new StorageError(result.code, result.why)
  return outcome
}

// A shop with an approved baseline and some edges that stray, and the acts of triage in few words.
import type { BaselineContent } from '../../core/baseline/content.ts'
import type { Alert } from '../../storage/alert-row.ts'
import { listAlerts, readAlert } from '../../storage/alerts.ts'
import { readContent } from '../../storage/baseline-content.ts'
import { approveBaseline, listBaselines } from '../../storage/baselines.ts'
import { type TriageChoice, type TriageOutcome, triageAlerts } from '../../storage/triage.ts'
import { undoTriage } from '../../storage/triage-undo.ts'
import { PLAIN } from './decide.ts'
import { type Call, call, deltaOf, service } from './delta.ts'
import type { World } from './world.ts'

export const ANN = 'ann@example.com'
export const BOB = 'bob@example.com'
export const HOUR_MS = 3_600_000
export const DAY_MS = 24 * HOUR_MS
export const ACCEPT: TriageChoice = { action: 'accept', acceptance: PLAIN }
export const REJECT: TriageChoice = { action: 'reject' }
export const COMMENT: TriageChoice = { action: 'comment' }

/** A call that was made just now. */
export function now(source: Call['source'] | string, target: Call['target'] | string): Call {
  return call(source, target, { atMs: Date.now() })
}

export function within(environment: string, name: string): Call['source'] {
  return service(name, { environment })
}

/**
 * Approves what is usual there, then has these edges stray; returns their alerts' ids, in this order.
 * Targets of these edges have different names.
 */
export async function stray(
  world: World,
  strange: readonly Call[],
  environment = 'prod',
): Promise<readonly string[]> {
  const [web, cart] = [within(environment, 'web'), within(environment, 'cart')]
  await world.commit(deltaOf([now(web, cart), now(cart, within(environment, 'stock'))]))
  const window = { environment, fromMs: Date.now() - HOUR_MS, toMs: Date.now() + HOUR_MS }
  await approveBaseline(world.web, { ...window, author: ANN, reason: 'as seen' })
  await world.commit(deltaOf(strange))
  const countMax = strange.length + 1
  const open = await listAlerts(world.web, { environment, states: ['open'], countMax })
  const ids = new Map(open.map(({ id, target }) => [target?.name, id]))
  return strange.map(({ target }) => ids.get(target.name) ?? '')
}

/** Calls of cart to services that nobody has heard of. */
export function strangers(count: number, environment = 'prod'): readonly Call[] {
  return Array.from({ length: count }, (_, index) =>
    now(within(environment, 'cart'), within(environment, `stranger-${index}`)),
  )
}

export type ActOptions = {
  readonly actor?: string
  readonly reason?: string
  readonly nowMs?: number
  readonly selfApproval?: 'allowed' | 'forbidden'
}

export function act(
  world: World,
  alertIds: readonly string[],
  choice: TriageChoice,
  options: ActOptions = {},
): Promise<TriageOutcome> {
  const { actor = ANN, reason = 'because', nowMs = Date.now() } = options
  const { selfApproval = 'allowed' } = options
  return triageAlerts(world.web, { ...choice, alertIds, actor, reason, nowMs }, { selfApproval })
}

export function undo(
  world: World,
  actId: string | null,
  options: ActOptions = {},
): Promise<TriageOutcome> {
  const { actor = ANN, reason = '', nowMs = Date.now(), selfApproval = 'allowed' } = options
  return undoTriage(world.web, { actId: actId ?? '', actor, reason, nowMs }, { selfApproval })
}

/** What triage may change of an alert. */
export async function conditionOf(
  world: World,
  id: string,
): Promise<Pick<Alert, 'state' | 'snoozedUntilMs' | 'assignee' | 'episode' | 'lastAtMs'> | null> {
  const alert = await readAlert(world.web, id)
  if (!alert) return null
  const { state, snoozedUntilMs, assignee, episode, lastAtMs } = alert
  return { state, snoozedUntilMs, assignee, episode, lastAtMs }
}

export async function activeContent(
  world: World,
  environment = 'prod',
): Promise<BaselineContent | null> {
  const versions = await listBaselines(world.web, environment)
  const active = versions.find((version) => version.state === 'active')
  return active ? readContent(world.web, environment, active.version) : null
}

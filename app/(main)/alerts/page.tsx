// The alerts inbox: a list by state, and one alert beside it.
import type { Metadata } from 'next'
import { AlertsScreen } from '../../../components/alerts/alerts-screen.tsx'
import { ALERT_STATES } from '../../../core/baseline/alert-state.ts'
import { readAlertBudget } from '../../../storage/alert-budget.ts'
import { readIncident } from '../../../storage/incident-reads.ts'
import { Environment, StoredId } from '../../api-input.ts'
import { database } from '../../database.ts'
import { findDefaultEnvironment } from '../../default-environment.ts'
import { readPulse } from '../../event-hub.ts'
import { readAlertDetail, readAlertPage } from '../../read-alerts.ts'
import { isNobodyTold } from '../../read-notifications.ts'
import { mayDecide, requireSession } from '../../session.ts'
import { decideAlert, undoAct } from './actions.ts'

export const metadata: Metadata = { title: 'Alerts' }

const ALERTS_LISTED_MAX = 500
/** Of which the budget of alerts shows the counts. */
const BUDGET_DAYS = 7

type Parameters = {
  readonly environment?: string | string[]
  readonly state?: string | string[]
  readonly alert?: string | string[]
  readonly incident?: string | string[]
}
type Props = { readonly searchParams: Promise<Parameters> }

export default async function AlertsPage({ searchParams }: Props) {
  const user = await requireSession()
  const wanted = await searchParams
  const environment = Environment.safeParse(wanted.environment).data ?? null
  const incidentId = StoredId.safeParse(wanted.incident).data
  const incident = incidentId ? await readIncident(database(), incidentId) : null
  const asked = ALERT_STATES.find((s) => s === wanted.state) ?? (incident ? null : 'open')
  const state = wanted.state === 'all' ? null : asked
  const { items: alerts, counts } = await readAlertPage(database(), {
    ...{ environment, limit: ALERTS_LISTED_MAX },
    ...(state === null ? {} : { states: [state] }),
    ...(incident === null ? {} : { incidentId: incident.id }),
  })
  const chosenId = typeof wanted.alert === 'string' ? wanted.alert : alerts[0]?.id
  const readAtMs = Date.now()
  const chosen = chosenId ? await readAlertDetail(database(), chosenId, readAtMs) : null
  const budget = await readBudget(environment ?? (await findDefaultEnvironment()), readAtMs)
  const pulse = await readPulse()
  return (
    <AlertsScreen
      alerts={alerts}
      counts={counts.states}
      state={state ?? 'all'}
      chosen={chosen}
      incident={incident}
      budget={budget}
      committedMs={pulse.committedMs}
      readAtMs={readAtMs}
      canDecide={mayDecide(user.role)}
      isNobodyTold={user.role === 'admin' && (await isNobodyTold(environment))}
      decide={decideAlert}
      undo={undoAct}
    />
  )
}

async function readBudget(environment: string | null, nowMs: number) {
  if (environment === null) return null
  return readAlertBudget(database(), environment, { nowMs, days: BUDGET_DAYS })
}

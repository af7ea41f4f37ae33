// A turn of routing, in one transaction: what has happened to alerts and is not routed yet becomes deliveries, and is
// marked. Run twice, or again after a crash, it plans nothing a second time.
import { planTurn } from '../core/notify/turn.ts'
import { planBudgets } from './alert-budget.ts'
import { markRouted, readUnrouted } from './alert-events.ts'
import { readAlertFacts } from './alert-facts.ts'
import { insertDeliveries, supersedeHeld } from './deliveries.ts'
import { readEarlier } from './delivery-reads.ts'
import { listActiveRoutes } from './notification-routes.ts'
import type { Query, Sql } from './sql.ts'

/** More are for the next turn. */
const EVENTS_A_TURN_MAX = 500

export type Routed = { readonly events: number; readonly deliveries: number }

/** Routes all there is. The caller sees to it that nobody else does meanwhile (notify/turns.ts). */
export async function routeAlerts(sql: Sql, nowMs: () => number): Promise<Routed> {
  let [events, deliveries] = [0, 0]
  for (;;) {
    const turn = await sql.begin((tx) => routeTurn(tx, nowMs()))
    events += turn.events
    deliveries += turn.deliveries
    if (turn.events < EVENTS_A_TURN_MAX) return { events, deliveries }
  }
}

async function routeTurn(tx: Query, nowMs: number): Promise<Routed> {
  // Asked for at once where one does not need the other: an alert waits for every answer.
  const [happenings, routes] = await Promise.all([
    readUnrouted(tx, EVENTS_A_TURN_MAX),
    listActiveRoutes(tx),
  ])
  if (happenings.length === 0) return { events: 0, deliveries: 0 }
  const planned = routes.length > 0 ? await plan(tx, { happenings, routes, nowMs }) : 0
  await markRouted(
    tx,
    happenings.map((happening) => happening.eventId),
  )
  return { events: happenings.length, deliveries: planned }
}

type TurnMatter = {
  readonly happenings: Awaited<ReturnType<typeof readUnrouted>>
  readonly routes: Awaited<ReturnType<typeof listActiveRoutes>>
  readonly nowMs: number
}

async function plan(tx: Query, { happenings, routes, nowMs }: TurnMatter): Promise<number> {
  const ids = [...new Set(happenings.map((happening) => happening.alertId))]
  const [alerts, earlier] = await Promise.all([readAlertFacts(tx, ids), readEarlier(tx, ids)])
  const matter = { happenings, alerts, routes, nowMs }
  const turn = planTurn({ ...matter, earlier })
  const budgets = await planBudgets(tx, matter)
  await supersedeHeld(tx, turn.supersededIds)
  await insertDeliveries(tx, [...turn.deliveries, ...budgets])
  return turn.deliveries.length + budgets.length
}

// Alerts and what happened to them at stated times, written as they are stored: the doors of the product know only now.
import type { AlertAction } from '../../core/baseline/alert-state.ts'
import type { Severity } from '../../core/baseline/drift.ts'
import type { World } from './world.ts'

/** What happened, and when: ISO. */
export type AlertEvent = readonly [action: AlertAction, at: string]

/** An alert of a node of its own, open, with its history; returns its id. */
export async function addAlert(
  world: World,
  { environment, severity }: { readonly environment: string; readonly severity: Severity },
  events: readonly AlertEvent[] = [],
): Promise<string> {
  const { owner } = world
  await owner`insert into environment (name) values (${environment}) on conflict do nothing`
  const [row] = await owner<{ id: bigint }[]>`
    insert into alert (environment, subject, subject_hash, source_environment, source_kind,
      source_namespace, source_name, kind, severity, baseline_version, summary, reasons,
      reasons_against, reaches, news, state, episode, first_at, last_at)
    select ${environment}, count(*)::text, count(*)::text, ${environment}, 'service', '',
      'web' || count(*), 'new_edge', ${severity}, 1, '', '[]', '[]',
      '{"pairs":[],"pairsTotal":0,"stores":[],"storesTotal":0}',
      '{"protocols":[],"operations":[],"ports":[]}', 'open', 1, now(), now() from alert
    returning id`
  const id = String(row?.id)
  for (const event of events) await addEvent(world, id, event)
  return id
}

export async function addEvent(world: World, id: string, [action, at]: AlertEvent): Promise<void> {
  await world.owner`
    insert into alert_event (alert_id, at, action, actor, reason)
    values (${id}::bigint, ${at}, ${action}, 'strayline', '')`
}

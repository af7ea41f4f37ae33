// Alerts as they are told: with the tags of their ends, the classes of data that become reachable, an example trace
// and their incident, as all that is now.
import type { Tags } from '../core/baseline/content.ts'
import { type NodeKey, type NodeKind, nodeId } from '../core/graph/node.ts'
import { type TagName, tagsFrom } from '../core/graph/tags.ts'
import type { AlertFacts } from '../core/notify/notice.ts'
import type { TurnAlert } from '../core/notify/turn.ts'
import { type Alert, type AlertRow, alertOf } from './alert-row.ts'
import { nameIncidents } from './incident-reads.ts'
import type { Query } from './sql.ts'

type FactsRow = AlertRow & { trace_id: string | null; incident_id: bigint | null }

/** By id; those that are gone are left out. */
export async function readAlertFacts(
  tx: Query,
  ids: readonly string[],
): Promise<ReadonlyMap<string, TurnAlert>> {
  const rows = await tx<FactsRow[]>`
    select alert.*, null::bigint as edge_id, (
      select trace_id from exemplar join edge on edge.id = exemplar.edge_id
      where edge.alert_id = alert.id order by hour desc, trace_id limit 1) as trace_id
    from alert where id = any(${[...ids]}::bigint[])`
  const alerts = rows.map((row) => ({ row, alert: alertOf(row) }))
  const ends = alerts.flatMap(({ alert }) => endsOf(alert))
  const incidentIds = rows.flatMap((row) => row.incident_id ?? [])
  const [tags, incidents] = await Promise.all([
    readTagsAt(tx, ends),
    nameIncidents(tx, incidentIds),
  ])
  return new Map(
    alerts.map(({ row, alert }) => {
      const tagged = endsOf(alert).flatMap((node) => tags.get(nodeId(node)) ?? [])
      const incident = incidents.get(String(row.incident_id))
      const facts: AlertFacts = {
        ...factsOf(alert, tagged),
        traceId: row.trace_id,
        incident: incident ? { id: incident.id, sentence: incident.sentence } : null,
      }
      return [alert.id, { facts, state: alert.state }]
    }),
  )
}

function endsOf({ source, target }: Alert): readonly NodeKey[] {
  return target ? [source, target] : [source]
}

function factsOf(alert: Alert, tagged: readonly Tags[]): Omit<AlertFacts, 'traceId' | 'incident'> {
  const { id, environment, kind, severity, episode, source, target, summary } = alert
  const { reasons, reasonsAgainst, baselineVersion, ruleId, firstAtMs, lastAtMs, reaches } = alert
  return {
    ...{ id, environment, kind, severity, episode, source, target, summary },
    ...{ reasons, reasonsAgainst, baselineVersion, ruleId, firstAtMs, lastAtMs },
    owners: each(tagged.map((tags) => tags.owner)),
    dataClasses: each(tagged.flatMap((tags) => tags.dataClasses)),
    exposures: each(tagged.map((tags) => tags.exposure)),
    layers: each(tagged.map((tags) => tags.layer)),
    reachedClasses: each([
      ...reaches.pairs.map((pair) => pair.dataClass),
      ...reaches.stores.flatMap((store) => store.dataClasses),
    ]),
  }
}

/** Once each, without what is not set. */
function each(values: readonly string[]): readonly string[] {
  return [...new Set(values)].filter((value) => value !== '')
}

type TagRow = {
  environment: string
  kind: NodeKind
  namespace: string
  name: string
  tag: TagName
  value: string
}

/** By nodeId; nodes without tags are left out. */
async function readTagsAt(
  tx: Query,
  nodes: readonly NodeKey[],
): Promise<ReadonlyMap<string, Tags>> {
  const rows = await tx<TagRow[]>`
    select distinct on (environment, kind, namespace, name, tag)
      environment, kind, namespace, name, tag, value
    from node_tag join unnest(
      ${nodes.map((node) => node.environment)}::text[], ${nodes.map((node) => node.kind)}::text[],
      ${nodes.map((node) => node.namespace)}::text[], ${nodes.map((node) => node.name)}::text[]
    ) as given(environment, kind, namespace, name) using (environment, kind, namespace, name)
    order by environment, kind, namespace, name, tag, origin = 'api' desc`
  const said = Map.groupBy(rows, nodeId)
  return new Map([...said].map(([id, tags]) => [id, tagsFrom(tags)]))
}

// A test's database with its three pools and a committer that counts positions by itself.
import type { GraphDelta } from '../../core/graph/edge.ts'
import { type Committer, commitDelta, createCommitter } from '../../storage/commit.ts'
import { openSql, type Sql } from '../../storage/sql.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { NOON_MS } from './delta.ts'

export type World = {
  readonly database: TestDatabase
  readonly owner: Sql
  readonly collector: Sql
  readonly web: Sql
  readonly committer: Committer
  /** Commits a delta at the next position, `nowMs` = noon; returns the ids of opened alerts. */
  readonly commit: (delta: GraphDelta | null) => Promise<readonly bigint[]>
  /** Empties every table of the stream, baselines and alerts. */
  readonly clear: () => Promise<void>
  readonly end: () => Promise<void>
}

export async function createWorld(): Promise<World> {
  const database = await createTestDatabase()
  const open = (url: string) =>
    openSql({ url, applicationName: 'strayline-test', connectionsMax: 4 })
  const owner = open(database.ownerUrl)
  const collector = open(database.collectorUrl)
  const web = open(database.webUrl)
  const committer = createCommitter(collector)
  let offset = 0n
  return {
    ...{ database, owner, collector, web, committer },
    commit: async (delta) => {
      const position = { journalId: 'journal', offset: ++offset }
      const result = await commitDelta(committer, { delta, position, counters: {}, nowMs: NOON_MS })
      if (!result.applied) throw new Error('a new position was refused')
      return result.openedAlertIds
    },
    clear: async () => {
      committer.judged.baselines.clear()
      committer.judged.tags = null
      // As `replica` triggers do not fire, so that what is append-only can be emptied here.
      await owner.begin(async (tx) => {
        await tx`set local session_replication_role = replica`
        await tx`truncate position, exemplar, trace_span, bucket, bucket_hour, bucket_day,
          rollup_due, edge_tally, node_alias, node_tag, span, operation, triage_act_alert, triage_act,
          delivery, route, channel, alert_event, edge, alert, incident, node,
          baseline, baseline_rule,
          baseline_entry, environment, removed_environment, audit, graphile_worker._private_jobs`
        await tx`update bucket_tier set rolled_until = to_timestamp(0),
          kept_since = to_timestamp(0), kept_at = to_timestamp(0)`
      })
    },
    end: async () => {
      await Promise.all([owner.end(), collector.end(), web.end()])
      await database.drop()
    },
  }
}

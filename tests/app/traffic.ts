// Edges in the database of a web world, and entries of baselines, for tests of the API.
import { type BaselineEntry, plainEntry } from '../../core/baseline/content.ts'
import type { NodeKey } from '../../core/graph/node.ts'
import { commitDelta, createCommitter } from '../../storage/commit.ts'
import { openSql } from '../../storage/sql.ts'
import { call, deltaOf, service } from '../storage/delta.ts'
import type { WebWorld } from './web-world.ts'

let offset = 0n

/** One call a minute ago over each edge, as the collector commits it. */
export async function commitTraffic(
  world: WebWorld,
  edges: readonly (readonly [source: string, target: string])[],
  environment = 'prod',
): Promise<void> {
  const sql = openSql({
    ...{ url: world.database.collectorUrl, applicationName: 'test', connectionsMax: 1 },
  })
  const atMs = Date.now() - 60_000
  const of = (name: string) => service(name, { environment })
  await commitDelta(createCommitter(sql), {
    delta: deltaOf(edges.map(([source, target]) => call(of(source), of(target), { atMs }))),
    position: { journalId: '00000000-0000-4000-8000-000000000000', offset: ++offset },
    counters: {},
    nowMs: Date.now(),
  })
  await sql.end()
}

/** An entry between two services. */
export function makeEntry(
  source: string,
  target: string,
  said: Partial<BaselineEntry> = {},
  environment = 'prod',
): BaselineEntry {
  const service = (name: string): NodeKey => ({
    ...{ environment, kind: 'service', namespace: '', name },
  })
  return { ...plainEntry({ source: service(source), target: service(target) }), ...said }
}

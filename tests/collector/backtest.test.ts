// The forecast over the history of a real system, gathered by a real collector, equals what a second collector with an
// empty database then raises from the same capture: denied edges, edges that are not approved, operations beyond those that
// are pinned, and first paths to classified data.
import { describe, expect, test } from 'vitest'
import type { BaselineContent } from '../../core/baseline/content.ts'
import { learnBaseline } from '../../core/baseline/learn.ts'
import { encodeRequests } from '../../core/span/otlp/encode.ts'
import { rewriteBatch } from '../../core/span/rewrite.ts'
import { backtestBaseline } from '../../storage/backtest-baseline.ts'
import { nameIncidents } from '../../storage/incident-reads.ts'
import { readEvidence } from '../../storage/window-evidence.ts'
import { rule } from '../storage/content.ts'
import { service } from '../storage/delta.ts'
import { activate, HOUR_MS, tag } from '../storage/judged.ts'
import { createWorld, type World } from '../storage/world.ts'
import { hasCaptures, readCaptureBatches } from '../support/captures.ts'
import { makeDataDir, startCollector } from '../support/collector.ts'
import { readMetric, sendAll } from '../support/otlp-client.ts'
import { waitFor } from '../support/process.ts'

const CAPTURE = 'online-boutique/normal-2022-08-23-17_00.otlp.jsonl.gz'
const VARIABLES = { STRAYLINE_HOLD: '2s', STRAYLINE_QUIET: '300ms', STRAYLINE_LATE_WINDOW: '5m' }

/** Sends the capture to a collector on this database until all of it is final. */
async function gather(world: World): Promise<void> {
  const data = makeDataDir()
  const databaseUrl = world.database.collectorUrl
  const collector = await startCollector({
    ...{ databaseUrl, dataDir: data.dataDir, variables: VARIABLES },
  })
  try {
    const rewrite = { shiftNanos: 0n, traceMask: new Uint8Array(16), environment: 'prod' }
    const requests = [...readCaptureBatches(CAPTURE)].flatMap((batch) => [
      ...encodeRequests(rewriteBatch(batch, rewrite), { bytesMax: 1024 ** 2, spansMax: 500 }),
    ])
    const sent = requests.reduce((sum, { spans }) => sum + spans, 0)
    const bodies = requests.map(({ body }) => body)
    await sendAll({ httpUrl: () => collector.httpUrl }, bodies, 2)
    await waitFor(
      'everything to be final',
      async () => {
        const accepted = await readMetric(collector.httpUrl, 'strayline_spans_accepted_total')
        const pending = await readMetric(collector.httpUrl, 'strayline_spans_pending')
        return accepted === sent && pending === 0 ? true : undefined
      },
      120_000,
    )
    expect(await collector.stop()).toBe(0)
  } finally {
    await collector.kill()
    data.remove()
  }
}

/** What was seen but for every third edge, of one another operation than what was seen, with a rule that denies. */
async function makeCandidate(world: World): Promise<BaselineContent> {
  const now = Date.now()
  const window = { environment: 'prod', fromMs: now - HOUR_MS, toMs: now + HOUR_MS }
  const pins = { protocols: false, operations: true, ports: false }
  const options = { environment: 'prod', window, pins }
  const { entries } = learnBaseline(await readEvidence(world.owner, window), options)
  expect(entries.length).toBeGreaterThan(8)
  return {
    environment: 'prod',
    entries: entries
      .filter((_, place) => place % 3 > 0)
      .map((entry, place) => ({
        ...{ ...entry, quarantine: [] },
        operations: place === 0 ? ['POST /never'] : entry.operations,
      })),
    rules: [rule('no-frontend', { source: { name: 'frontend*' }, target: { name: 'c*' } })],
    nodes: [],
  }
}

/** Every approved edge to it is left out, so that whoever reaches it gains a path. */
async function classify(world: World): Promise<void> {
  await tag(world, service('productcatalogservice'), { dataClasses: ['prices'] })
}

type AlertRow = { incident_id: bigint; [column: string]: unknown }

describe.skipIf(!hasCaptures())('a capture of a real system', () => {
  test('raises what was forecast from its history, alert for alert and incident for incident', async () => {
    const [history, fresh] = [await createWorld(), await createWorld()]
    try {
      await gather(history)
      const content = await makeCandidate(history)
      await classify(history)
      const now = Date.now()
      const { alerts, incidents } = await backtestBaseline(history.web, {
        ...{ environment: 'prod', fromMs: now - HOUR_MS, toMs: now, nowMs: now },
        candidate: { from: 'content', content },
      })
      const kinds = [...new Set(alerts.map(({ drift }) => drift.kind))].sort()
      expect(kinds).toEqual(['denied', 'first_path', 'new_operation', 'new_service'])
      await fresh.owner`insert into environment (name) values ('prod')`
      await classify(fresh)
      await activate(fresh, content.entries, content.rules)
      await gather(fresh)
      const raised = await fresh.owner<AlertRow[]>`
        select subject, kind, severity, summary, state, incident_id from alert
        order by subject collate "C"`
      expect(
        alerts
          .map(({ drift: { subject, kind, severity, summary } }) => {
            return { subject, kind, severity, summary, state: 'open' }
          })
          .sort((a, b) => (a.subject < b.subject ? -1 : 1)),
      ).toEqual(raised.map(({ incident_id: _, ...alert }) => alert))
      const names = await nameIncidents(
        fresh.owner,
        raised.map((alert) => alert.incident_id),
      )
      const groups = Map.groupBy(raised, (alert) => String(alert.incident_id))
      const told = [...groups].map(([id, members]) => {
        return [names.get(id)?.kind, ...members.map(({ subject }) => subject)]
      })
      expect(
        incidents.map(({ kind, alerts: members }) => [
          kind,
          ...members.map(({ drift }) => drift.subject).sort(),
        ]),
      ).toEqual(expect.arrayContaining(told))
      expect(incidents).toHaveLength(told.length)
    } finally {
      await history.end()
      await fresh.end()
    }
  }, 300_000)
})

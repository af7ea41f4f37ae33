// What earlier releases left behind is opened by this one: the backup is restored, and the collector goes on
// with the journal and the snapshot: what was counted stays, what was pending is counted too, once.
import { cpSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { listAlerts } from '../../storage/alerts.ts'
import { listBaselines } from '../../storage/baselines.ts'
import { readGraph } from '../../storage/graph.ts'
import { restore } from '../../storage/restore.ts'
import { ensureRoles } from '../../storage/roles.ts'
import { openFaultWorld } from '../support/fault-world.ts'
import { waitFor } from '../support/process.ts'

type Expected = {
  readonly atMs: number
  /** What was counted then, by `source -> target`. */
  readonly edges: readonly (readonly [
    string,
    { readonly calls: number; readonly errors: number },
  ])[]
  /** Client halves whose server halves never came. */
  readonly pendingCalls: number
}

const HOUR_MS = 3_600_000
const releases = readdirSync(import.meta.dirname).filter((name) => /^\d+\.\d+\.\d+$/.test(name))

test.each(releases)(
  'what %s left behind is opened and counted on',
  async (release) => {
    const folder = path.join(import.meta.dirname, release)
    const expected: Expected = JSON.parse(readFileSync(path.join(folder, 'expected.json'), 'utf8'))
    const world = await openFaultWorld()
    try {
      const { ownerUrl } = world.database
      const file = path.join(folder, 'database.backup')
      await restore({ ownerUrl, file, existing: 'replace', onTable: () => {} })
      const roles = await ensureRoles({ ownerUrl, dataDir: world.dataDir })
      cpSync(path.join(folder, 'journal'), path.join(world.dataDir, 'journal'), { recursive: true })
      const hold = { STRAYLINE_HOLD: '30s', STRAYLINE_QUIET: '100ms' }
      await world.start({ databaseUrl: roles.collectorUrl, variables: hold })
      const window = { fromMs: expected.atMs - HOUR_MS, toMs: expected.atMs + HOUR_MS }
      const readEdges = async () => {
        const { edges } = await readGraph(world.sql, { environment: 'default', ...window })
        return edges
      }
      await waitFor('what was pending', async () => {
        const external = (await readEdges()).filter(({ target }) => target.kind === 'external')
        const calls = external.reduce((sum, edge) => sum + edge.calls, 0)
        return calls === expected.pendingCalls ? true : undefined
      })
      const services = (await readEdges()).filter(({ target }) => target.kind === 'service')
      const found = services.map(({ source, target, calls, errors }) => [
        `${source.name} -> ${target.name}`,
        { calls, errors },
      ])
      expect(found.sort()).toEqual(expected.edges)
      const [baseline] = await listBaselines(world.sql, 'default')
      expect(baseline).toMatchObject({ version: 1, author: 'Test' })
      const states = ['open'] as const
      const alerts = await listAlerts(world.sql, { environment: 'default', states, countMax: 100 })
      expect(alerts.length).toBeGreaterThan(0)
      expect(await world.collector.stop()).toBe(0)
    } finally {
      await world.close()
    }
  },
  60_000,
)

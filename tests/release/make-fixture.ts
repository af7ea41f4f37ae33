// Makes what a release leaves behind: a backup with a baseline and an alert, and the journal and snapshots of a
// collector that was killed with halves of calls pending. Kept in the repository so that every later release's
// tests open it. `node tests/release/make-fixture.ts VERSION`, once a release; never again for an old one.
import { cpSync, mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { backUp } from '../../storage/backup.ts'
import {
  approveNow,
  makeLoad,
  openFaultWorld,
  sendLoad,
  waitForEdges,
} from '../support/fault-world.ts'
import { waitFor } from '../support/process.ts'

const version = process.argv[2]
if (!version) throw new Error('which version is it? node tests/release/make-fixture.ts 0.1.0')
const folder = path.join(import.meta.dirname, version)
mkdirSync(folder)

const world = await openFaultWorld()
try {
  await world.start({ variables: { STRAYLINE_HOLD: '30s', STRAYLINE_QUIET: '100ms' } })
  const known = makeLoad(1, 1, 12)
  await sendLoad(world, known)
  await waitForEdges(world, known.edges)
  await approveNow(world.sql)
  const load = makeLoad(2, 2, 40)
  const lastHalves = load.bodies.length - 1
  await sendLoad(world, { ...load, bodies: load.bodies.slice(0, lastHalves) })
  const counted = await waitFor('the first halves', async () => {
    const edges = await world.readEdges()
    const calls = [...edges.values()].reduce((sum, edge) => sum + edge.calls, 0)
    return calls === 6 + 20 ? edges : undefined
  })
  // Stopped and started, so that there is a snapshot; killed, so that something is left to fold again.
  await world.collector.stop()
  await world.start({ variables: { STRAYLINE_HOLD: '30s', STRAYLINE_QUIET: '100ms' } })
  await world.collector.kill()
  const file = path.join(folder, 'database.backup')
  await backUp({ ownerUrl: world.database.ownerUrl, file, onTable: () => {} })
  cpSync(path.join(world.dataDir, 'journal'), path.join(folder, 'journal'), { recursive: true })
  const expected = { atMs: Date.now(), edges: [...counted].sort(), pendingCalls: 20 }
  writeFileSync(path.join(folder, 'expected.json'), `${JSON.stringify(expected, null, 1)}\n`)
} finally {
  await world.close()
}

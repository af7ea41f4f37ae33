// kill -9 of the collector at random moments under load: acknowledged is counted, alerts come once.
import { afterEach, beforeEach, expect, test } from 'vitest'
import { listAlerts } from '../../storage/alerts.ts'
import {
  approveNow,
  type FaultWorld,
  makeLoad,
  openFaultWorld,
  pickLength,
  sendLoad,
  sendUntil,
  sumEdges,
  waitForEdges,
} from '../support/fault-world.ts'
import { createRandom } from '../support/random.ts'

let world: FaultWorld
/** On a busy machine a restart takes seconds; a call whose other half comes later than the hold is told as another. */
const start = () => world.start({ variables: { STRAYLINE_HOLD: '8s' } })

beforeEach(async () => {
  world = await openFaultWorld()
})
afterEach(() => world.close())

const KILLS = pickLength(6, 50)
const PAUSE_MS_MAX = 1_500

test(`${KILLS} times kill -9 under load: nothing is lost, nothing counted or told twice`, async () => {
  await start()
  const known = makeLoad(1, 1, 12)
  await sendLoad(world, known)
  await waitForEdges(world, known.edges)
  await approveNow(world.sql)
  const sent = await sendUntil(world, killAtRandom())
  await waitForEdges(world, sumEdges(known.edges, sent))
  expect(await world.collector.stop()).toBe(0)
  const strayed = [...sent.keys()].filter((name) => !known.edges.has(name)).sort()
  expect(strayed.length).toBeGreaterThan(3)
  expect(await readAlertNames()).toEqual(strayed)
  const [outbox] = await world.sql`
    select count(*)::int as count, count(distinct alert_id)::int as alerts from alert_event
    where action = 'opened' and not is_routed`
  expect(outbox).toEqual({ count: strayed.length, alerts: strayed.length })
}, 600_000)

/** Kills at moments of a seed's choosing, also just after a start, while it restores. */
async function killAtRandom(): Promise<void> {
  const random = createRandom(3)
  for (let kill = 0; kill < KILLS; kill++) {
    await new Promise((resolve) => setTimeout(resolve, random() ** 2 * PAUSE_MS_MAX))
    await world.collector.kill()
    await start()
  }
}

async function readAlertNames(): Promise<string[]> {
  const states = ['open', 'accepted', 'rejected', 'withdrawn'] as const
  const alerts = await listAlerts(world.sql, { environment: 'default', states, countMax: 500 })
  return alerts.map(({ source, target }) => `${source?.name} -> ${target?.name}`).sort()
}

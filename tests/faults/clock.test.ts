// The wall clock is set back and forward under load: nothing is lost, no time goes back, and spans keep the
// minute they ended in.
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test } from 'vitest'
import {
  type FaultWorld,
  openFaultWorld,
  pickLength,
  sendUntil,
  waitForEdges,
} from '../support/fault-world.ts'
import { readMetric } from '../support/otlp-client.ts'

let world: FaultWorld
beforeEach(async () => {
  world = await openFaultWorld()
})
afterEach(() => world.close())

const MINUTE_MS = 60_000
/** Offsets of the wall clock, one after another, ms. */
const STEPS_MS = pickLength(
  [-20 * MINUTE_MS, 3 * MINUTE_MS, 0],
  [-60, 3, 0, -1, 1, -600, 0, 4, -4, 0, -30, 2, 0].map((minutes) => minutes * MINUTE_MS),
)

test(`a wall clock that is set ${STEPS_MS.length} times under load: acknowledged is counted`, async () => {
  const fault = path.join(world.dataDir, 'clock-offset')
  const preload = 'tests/faults/preload/set-clock.ts'
  await world.start({ preload, variables: { FAULT_FILE: fault } })
  const stepping = async () => {
    for (const offsetMs of STEPS_MS) {
      writeFileSync(fault, String(offsetMs))
      await sleep(1_000)
    }
  }
  const sent = await sendUntil(world, stepping())
  await waitForEdges(world, sent, 60_000)
  const { httpUrl } = world.collector
  expect(await readMetric(httpUrl, 'strayline_clock_steps_back_total')).toBeGreaterThan(0)
  expect(await readMetric(httpUrl, 'strayline_clock_gaps_total')).toBeGreaterThan(0)
}, 300_000)

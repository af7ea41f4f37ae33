// The disk runs full, and files are damaged between a death and the next start.
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { startCutProxy } from '../support/cut-proxy.ts'
import { damageNewestSnapshot } from '../support/damage.ts'
import {
  type FaultWorld,
  makeLoad,
  openFaultWorld,
  pickLength,
  sendLoad,
  sendUntil,
  sumEdges,
  waitForEdges,
} from '../support/fault-world.ts'
import { readMetric } from '../support/otlp-client.ts'
import { createRandom, pickBelow } from '../support/random.ts'

let world: FaultWorld
beforeEach(async () => {
  world = await openFaultWorld()
})
afterEach(() => world.close())

const FULL_TIMES = pickLength(3, 30)
const DAMAGES = pickLength(3, 25)

test(`a journal whose disk is full ${FULL_TIMES} times refuses, loses nothing and goes on`, async () => {
  const fault = path.join(world.dataDir, 'disk-is-full')
  await world.start({
    preload: 'tests/faults/preload/full-disk.ts',
    variables: { FAULT_FILE: fault },
  })
  const filling = async () => {
    for (let time = 0; time < FULL_TIMES; time++) {
      await sleep(300)
      writeFileSync(fault, '')
      await sleep(300)
      rmSync(fault)
    }
  }
  const sent = await sendUntil(world, filling())
  await waitForEdges(world, sent)
  expect(
    await readMetric(world.collector.httpUrl, 'strayline_journal_disk_errors_total'),
  ).toBeGreaterThan(0)
  // What was taken back must not be read by the next start either.
  await world.collector.kill()
  await world.start()
  const more = makeLoad(7, 3)
  await sendLoad(world, more)
  await waitForEdges(world, sumEdges(sent, more.edges))
}, 300_000)

test(`${DAMAGES} deaths with a damaged snapshot and a torn journal each: counted once`, async () => {
  await world.start()
  const random = createRandom(5)
  let sent = new Map() as Awaited<ReturnType<typeof sendUntil>>
  for (let damage = 0; damage < DAMAGES; damage++) {
    sent = sumEdges(sent, await sendUntil(world, sleep(400)))
    // A stop in order leaves a snapshot; the death that counts comes after it.
    await world.collector.stop()
    await world.start()
    sent = sumEdges(sent, await sendUntil(world, sleep(200)))
    await world.collector.kill()
    damageNewestSnapshot(path.join(world.dataDir, 'journal', 'snapshots'), random)
    tearJournal(random)
    await world.start()
  }
  await waitForEdges(world, sent)
}, 600_000)

/** The last write of a dying machine: a part of a record, or garbage, past everything acknowledged. */
function tearJournal(random: () => number): void {
  const folder = path.join(world.dataDir, 'journal')
  const newest = readdirSync(folder)
    .filter((name) => name.endsWith('.segment'))
    .sort()
    .at(-1)!
  const tail = Uint8Array.from({ length: 1 + pickBelow(random, 200) }, () => pickBelow(random, 256))
  writeFileSync(path.join(folder, newest), tail, { flag: 'a' })
}

test('a bit that flips in what only the journal holds is told, and a sender who has it still can mend it', async () => {
  const proxy = await startCutProxy(world.database.collectorUrl)
  await world.start({ databaseUrl: proxy.url })
  proxy.cut()
  const load = makeLoad(11, 8)
  await sendLoad(world, load)
  await world.collector.kill()
  proxy.close()
  const folder = path.join(world.dataDir, 'journal')
  const [segment] = readdirSync(folder).filter((name) => name.endsWith('.segment'))
  const file = path.join(folder, segment!)
  const bytes = readFileSync(file)
  const middle = bytes.length >> 1
  writeFileSync(file, bytes.fill(bytes[middle]! ^ 1, middle, middle + 1))
  await world.start()
  const repaired = world.collector
    .output()
    .split('\n')
    .find((line) => line.includes('journal.repaired'))
  expect(JSON.parse(repaired ?? '{}').cutBytes).toBeGreaterThan(0)
  await sendLoad(world, load)
  await waitForEdges(world, load.edges)
})

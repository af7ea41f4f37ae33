// The database dies, stops or stalls under load: the journal takes what comes, and everything is counted once
// when it is back. The server is one of its own, with durable settings.
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { startEmbedded, stopEmbedded } from '../../storage/embedded.ts'
import { migrate } from '../../storage/migrate.ts'
import { ensureRoles } from '../../storage/roles.ts'
import {
  type FaultWorld,
  openFaultWorld,
  pickLength,
  sendUntil,
  waitForEdges,
} from '../support/fault-world.ts'
import { readMetric } from '../support/otlp-client.ts'
import { readResidentMb } from '../support/process.ts'
import { makeDataDir } from '../support/product.ts'

let world: FaultWorld
let folder: ReturnType<typeof makeDataDir>
const server = () => startEmbedded({ dataDir: folder.path, database: 'strayline' })

beforeEach(async () => {
  folder = makeDataDir()
  const { url } = await server()
  await migrate(url)
  const { ownerUrl, collectorUrl } = await ensureRoles({ ownerUrl: url, dataDir: folder.path })
  const drop = async () => {
    await stopEmbedded(folder.path)
    folder.remove()
  }
  world = await openFaultWorld({ ownerUrl, collectorUrl, drop })
})
afterEach(() => world.close())

const KILLS = pickLength(2, 10)
const STOP_MS = pickLength(4_000, 60_000)
const STALL_MS = pickLength(5_000, 60_000)
/** Of the collector while the database stalls: far below what was sent in that time. */
const RESIDENT_MB_MAX = 700

test(`${KILLS} times kill -9 of Postgres under load: nothing is lost or counted twice`, async () => {
  await world.start()
  const killing = async () => {
    for (let kill = 0; kill < KILLS; kill++) {
      await sleep(1_000)
      process.kill(postmasterPid(), 'SIGKILL')
      await sleep(500)
      await server()
    }
  }
  await waitForEdges(world, await sendUntil(world, killing()), 60_000)
}, 300_000)

test(`Postgres stopped for ${STOP_MS / 1000} s under load: the journal waits for it`, async () => {
  await world.start()
  const stopping = async () => {
    await sleep(500)
    await stopEmbedded(folder.path)
    await sleep(STOP_MS)
    await server()
  }
  await waitForEdges(world, await sendUntil(world, stopping()), 60_000)
  const failures = await readMetric(world.collector.httpUrl, 'strayline_commit_failures_total')
  expect(failures).toBeGreaterThan(1)
}, 300_000)

test(`Postgres stalled for ${STALL_MS / 1000} s: memory stays, the journal limit refuses, all is counted`, async () => {
  await world.start({ variables: { STRAYLINE_JOURNAL_BYTES_MAX: '8MiB' } })
  let residentMb = 0
  const stalling = async () => {
    await sleep(500)
    const pids = serverPids()
    for (const pid of pids) process.kill(pid, 'SIGSTOP')
    for (const untilMs = Date.now() + STALL_MS; Date.now() < untilMs; await sleep(250))
      residentMb = Math.max(residentMb, readResidentMb(world.collector.pid))
    for (const pid of pids) process.kill(pid, 'SIGCONT')
  }
  const sent = await sendUntil(world, stalling(), 1_000)
  await waitForEdges(world, sent, 60_000)
  expect(residentMb).toBeGreaterThan(50)
  expect(residentMb).toBeLessThan(RESIDENT_MB_MAX)
}, 300_000)

function postmasterPid(): number {
  const file = path.join(folder.path, 'postgres', 'postmaster.pid')
  return Number(readFileSync(file, 'utf8').split('\n')[0])
}

/** The server and its children. */
function serverPids(): number[] {
  const pid = postmasterPid()
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ')
  return [pid, ...children.map(Number)]
}

// kill -9 of worker, collector and database while a thousand alerts are raised and told: each arrives at every channel,
// none more than twice, and all of one delivery under one key.
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { startEmbedded, stopEmbedded } from '../../storage/embedded.ts'
import { migrate } from '../../storage/migrate.ts'
import { ensureRoles } from '../../storage/roles.ts'
import { addRoute, addWebhook, SECRET_BYTES } from '../storage/notices.ts'
import { type HttpTarget, startHttpTarget } from '../support/channel-servers.ts'
import { approveNow, type FaultWorld, openFaultWorld, pickLength } from '../support/fault-world.ts'
import { callJson } from '../support/otlp-json.ts'
import { type ProcessUnderTest, startProcess, waitFor } from '../support/process.ts'
import { makeDataDir } from '../support/product.ts'
import { createRandom } from '../support/random.ts'

const ALERTS = 1_000
const ALERTS_A_REQUEST = 20
const REQUEST_EVERY_MS = 250
const ROUNDS = pickLength(2, 8)
/** A worker or collector lives this long at least before something is killed again. */
const LIVES_MS = 1_500
/** So long that the job queue gives up. */
const AWAY_MS = pickLength(30_000, 120_000)
const KILL_WITHIN_MS = 1_500

let world: FaultWorld
let folder: ReturnType<typeof makeDataDir>
let targets: readonly HttpTarget[]
let workerUrl: string
let worker: ProcessUnderTest
let isClosing: boolean
const server = () => startEmbedded({ dataDir: folder.path, database: 'strayline' })

beforeEach(async () => {
  isClosing = false
  folder = makeDataDir()
  const { url } = await server()
  await migrate(url)
  const { ownerUrl, collectorUrl } = await ensureRoles({ ownerUrl: url, dataDir: folder.path })
  workerUrl = ownerUrl
  const drop = async () => {
    await stopEmbedded(folder.path)
    folder.remove()
  }
  world = await openFaultWorld({ ownerUrl, collectorUrl, drop })
  targets = [await startHttpTarget(), await startHttpTarget(), await startHttpTarget()]
  for (const [i, target] of targets.entries())
    await addRoute(world.sql, await addWebhook(world.sql, `channel-${i}`, `${target.url}/hook`))
})
afterEach(async () => {
  isClosing = true
  await worker?.end('SIGKILL')
  await world.close()
  for (const target of targets) await target.stop()
})

/** Starts a worker, and another when it ends, as `serve` does. Resolves when it is ready. */
async function keepWorker(): Promise<void> {
  worker = startProcess('notify/main.ts', {
    WORKER_DATABASE_URL: workerUrl,
    STRAYLINE_DATA_DIR: folder.path,
    STRAYLINE_SECRETS_KEY: SECRET_BYTES.toString('base64'),
  })
  const { ready, exited } = worker
  ready.catch(() => {}) // the next one is started
  void exited.then(() => (isClosing ? undefined : sleep(300).then(keepWorker)))
  await ready.catch(() => {})
}

test(`kill -9 of worker, collector and database while ${ALERTS} alerts are told: none is lost, none comes thrice`, async () => {
  await world.start({ variables: { STRAYLINE_HOLD: '8s' } })
  await send(callJson('web', 'cart'))
  await waitFor('the first edge', async () =>
    (await world.readEdges()).size > 0 ? true : undefined,
  )
  await approveNow(world.sql)
  await keepWorker()
  await Promise.all([strayALot(), killAround()])
  const wanted = Array.from({ length: ALERTS }, (_, i) => `stranger-${i}`).sort()
  for (const target of targets) {
    const check = () => (namesAt(target).size >= ALERTS ? true : undefined)
    await waitFor(`all alerts at ${target.url}`, check, 180_000).catch(explain)
  }
  await untilNoneWaits()
  for (const target of targets) {
    const names = namesAt(target)
    expect([...names.keys()].sort()).toEqual(wanted)
    for (const [name, keys] of names) {
      expect(keys.length, name).toBeLessThanOrEqual(2)
      expect(new Set(keys).size, name).toBe(1)
    }
  }
}, 600_000)

test(`the database is away for ${AWAY_MS / 1000} s from when an alert is being told: it is told once, and it goes on`, async () => {
  const [target] = targets
  if (!target) throw new Error('no target')
  let answer = () => {}
  await world.start({ variables: { STRAYLINE_HOLD: '8s' } })
  await send(callJson('web', 'cart'))
  await waitFor('the first edge', async () =>
    (await world.readEdges()).size > 0 ? true : undefined,
  )
  await approveNow(world.sql)
  await keepWorker()
  target.behave((response) => {
    answer = () => void response.end()
  })
  await send(callJson('cart', 'first'))
  await waitFor('the message', () => (target.received.length > 0 ? true : undefined), 30_000)
  await stopEmbedded(folder.path)
  answer()
  await sleep(AWAY_MS)
  target.behave((response) => void response.end())
  await server()
  await untilNoneWaits()
  await send(callJson('cart', 'second'))
  for (const each of targets) {
    const check = () => (namesAt(each).has('second') ? true : undefined)
    await waitFor('the next alert', check, 60_000).catch(explain)
    const counts = [...namesAt(each)].map(([name, keys]) => [name, keys.length])
    expect(counts, worker.output().slice(-4_000)).toEqual([
      ['first', 1],
      ['second', 1],
    ])
  }
}, 300_000)

/** Keys under which each alert came, by the target of its edge. */
function namesAt({ received }: HttpTarget): ReadonlyMap<string, readonly string[]> {
  const names = new Map<string, string[]>()
  for (const { body, headers } of received) {
    const { type, alert, key } = JSON.parse(body)
    expect(headers['webhook-id']).toBe(key)
    // A thousand alerts are more than a day's target, which is told, too.
    if (type === 'budget') continue
    const { name } = alert.target
    names.set(name, [...(names.get(name) ?? []), key])
  }
  return names
}

/** A thousand services that nobody called before, some a request. */
async function strayALot(): Promise<void> {
  for (let at = 0; at < ALERTS; at += ALERTS_A_REQUEST) {
    const names = Array.from({ length: ALERTS_A_REQUEST }, (_, i) => `stranger-${at + i}`)
    await Promise.all([send(callJson('cart', ...names)), sleep(REQUEST_EVERY_MS)])
  }
}

/** As an exporter does: until it is acknowledged. */
async function send(body: string): Promise<void> {
  const headers = { 'content-type': 'application/json' }
  for (;;) {
    try {
      const url = `${world.collector.httpUrl}/v1/traces`
      if ((await fetch(url, { method: 'POST', headers, body })).ok) return
    } catch {
      // It is dead, or just starting.
    }
    await sleep(100)
  }
}

/** Each of the three once a round, at moments of a seed's choosing. */
async function killAround(): Promise<void> {
  const random = createRandom(8)
  const pause = () => sleep(LIVES_MS + random() * KILL_WITHIN_MS)
  for (let round = 0; round < ROUNDS; round++) {
    await pause()
    await worker.end('SIGKILL')
    await waitFor('a worker', () => worker.ready.then(() => true).catch(() => undefined), 60_000)
    await pause()
    process.kill(postmasterPid(), 'SIGKILL')
    await sleep(500)
    await server()
    await pause()
    await world.collector.kill()
    await world.start({ variables: { STRAYLINE_HOLD: '8s' } })
  }
}

function postmasterPid(): number {
  const file = path.join(folder.path, 'postgres', 'postmaster.pid')
  return Number(readFileSync(file, 'utf8').split('\n')[0])
}

async function untilNoneWaits(): Promise<void> {
  await waitFor(
    'the last outcome',
    async () => {
      const rows = await world.sql`select from delivery where state = 'waiting'`
      return rows.length === 0 ? true : undefined
    },
    120_000,
  )
}

function explain(error: Error): never {
  const told = targets.map((target) => namesAt(target).size).join()
  throw new Error(`${error.message}: ${told}\n${worker.output().slice(-3_000)}`)
}

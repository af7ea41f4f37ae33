// A worker and what is around it, for tests of what is told: a database with a baseline, alerts raised by real commits,
// and local servers that take webhooks.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { approveBaseline } from '../../storage/baselines.ts'
import type { StoredChannel } from '../../storage/channels.ts'
import { call, deltaOf } from '../storage/delta.ts'
import { HOUR_MS } from '../storage/judged.ts'
import { ADA, addRoute, addWebhook, SECRET_BYTES } from '../storage/notices.ts'
import { createWorld, type World } from '../storage/world.ts'
import type { HttpTarget } from '../support/channel-servers.ts'
import { type ProcessUnderTest, startProcess, waitFor } from '../support/process.ts'

export type NotifyWorld = World & {
  /** Starts a worker; the one before must have ended. */
  readonly startWorker: (variables?: Readonly<Record<string, string>>) => Promise<ProcessUnderTest>
  /** A webhook at a target, with a route of everything unless settings say otherwise. */
  readonly addChannel: (
    name: string,
    target: Pick<HttpTarget, 'url'>,
    settings?: { readonly [name: string]: unknown },
  ) => Promise<StoredChannel>
  /** Commits calls that no baseline holds; ids of the alerts, in order. */
  readonly stray: (names: readonly string[]) => Promise<readonly string[]>
  readonly stopWorkers: () => Promise<void>
  /** Waits until nothing waits to be routed. */
  readonly untilRouted: () => Promise<void>
  /** Waits until everything is routed and no delivery waits. */
  readonly untilNoneWaits: (timeoutMs?: number) => Promise<void>
  /** `state key`, of all deliveries in order. */
  readonly readDeliveries: () => Promise<readonly string[]>
}

/** prod has a baseline of one edge. */
export async function createNotifyWorld(): Promise<NotifyWorld> {
  const world = await createWorld()
  const dataDir = mkdtempSync(path.join(tmpdir(), 'strayline-notify-'))
  const workers: ProcessUnderTest[] = []
  const stopWorkers = async () => {
    for (const worker of workers.splice(0))
      if (worker.child.exitCode === null && worker.child.signalCode === null)
        await worker.end('SIGKILL')
  }
  const untilNone = (
    what: string,
    read: () => PromiseLike<readonly unknown[]>,
    timeoutMs = 30_000,
  ) => waitFor(what, async () => ((await read()).length === 0 ? true : undefined), timeoutMs)
  const untilRouted = async () => {
    await untilNone('routing', () => world.owner`select from alert_event where not is_routed`)
  }
  return {
    ...world,
    ...{ stopWorkers, untilRouted },
    untilNoneWaits: async (timeoutMs) => {
      await untilRouted()
      const read = () => world.owner`select from delivery where state = 'waiting'`
      await untilNone('deliveries', read, timeoutMs)
    },
    startWorker: async (variables = {}) => {
      const worker = startProcess('notify/main.ts', {
        WORKER_DATABASE_URL: world.database.ownerUrl,
        STRAYLINE_DATA_DIR: dataDir,
        STRAYLINE_SECRETS_KEY: SECRET_BYTES.toString('base64'),
        STRAYLINE_URL: 'https://strayline.example.org',
        ...variables,
      })
      workers.push(worker)
      await worker.ready
      return worker
    },
    addChannel: async (name, { url }, settings = {}) => {
      const channel = await addWebhook(world.web, name, `${url}/hook`)
      await addRoute(world.web, channel, settings)
      return channel
    },
    stray: async (names) => {
      const calls = names.map((name) => call('cart', name, { atMs: Date.now() }))
      return (await world.commit(deltaOf(calls))).map(String)
    },
    readDeliveries: async () => {
      const rows = await world.owner<{ state: string; key: string }[]>`
        select state, key from delivery order by id`
      return rows.map(({ state, key }) => `${state} ${key}`)
    },
    end: async () => {
      await stopWorkers()
      await world.end()
      rmSync(dataDir, { recursive: true, force: true })
    },
  }
}

/** Makes the baseline that `stray` strays from. */
export async function makeBaseline(world: World): Promise<void> {
  await world.commit(deltaOf([call('web', 'cart', { atMs: Date.now() })]))
  const window = { environment: 'prod', fromMs: Date.now() - HOUR_MS, toMs: Date.now() + HOUR_MS }
  await approveBaseline(world.web, { ...window, author: ADA, reason: 'as seen' })
}

export type Told = {
  readonly key: string
  readonly type: string
  readonly act: string
  /** Of the alert; of the first in a digest. */
  readonly target: string
}

/** What a target took, as its notices say. */
export function toldAt(target: Pick<HttpTarget, 'received'>): readonly Told[] {
  return target.received.map(({ body }) => {
    const notice = JSON.parse(body)
    const { key, type } = notice
    const alert = notice.alert ?? notice.notices?.[0]?.alert
    return { key, type, act: notice.act ?? '', target: alert?.target?.name ?? '' }
  })
}

/** Waits until a target has taken so many requests. */
export function untilTold(
  target: Pick<HttpTarget, 'received'>,
  count: number,
  timeoutMs = 30_000,
): Promise<readonly Told[]> {
  const check = () => (target.received.length >= count ? toldAt(target) : undefined)
  return waitFor(`${count} messages`, check, timeoutMs)
}

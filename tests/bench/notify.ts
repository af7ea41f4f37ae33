// `npm run bench -- notify [seconds]`: ten alerts a second, each raised by a commit of its own while a worker runs, and
// a webhook on this machine. Prints {"bench":"notify","p50Ms","p99Ms"}: from when a commit returned until the
// receiver had read the request. Fails when an alert does not arrive, or arrives twice.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { ChannelSettings } from '../../core/notify/channel.ts'
import { RouteSettings } from '../../core/notify/route.ts'
import { approveBaseline } from '../../storage/baselines.ts'
import { createChannel } from '../../storage/channels.ts'
import { commitDelta, createCommitter } from '../../storage/commit.ts'
import { createRoute } from '../../storage/notification-routes.ts'
import { makeSecretsKey } from '../../storage/secret-box.ts'
import { openSql, type Sql } from '../../storage/sql.ts'
import { call, deltaOf } from '../storage/delta.ts'
import { startProcess, waitFor } from '../support/process.ts'
import { readSize } from './rig/arguments.ts'
import { runBench, withRig } from './rig/rig.ts'
import { quantile } from './rig/send.ts'

const SECONDS = 60
const ALERTS_PER_SECOND = 10
/** Raised before, and not counted: code is compiled and connections are opened by them. */
const WARM_ALERTS = 20
const ARRIVE_MS_MAX = 30_000
const HOUR_MS = 3_600_000
const KEY_BYTES = Buffer.alloc(32, 7)

const seconds = readSize(SECONDS)

await runBench('notify', () =>
  withRig({ settings: {} }, async ({ urls, dataDir }) => {
    const receiver = await startReceiver()
    const sql = openSql({
      ...{ url: urls.collectorUrl, applicationName: 'strayline-bench', connectionsMax: 2 },
    })
    const web = openSql({
      ...{ url: urls.webUrl, applicationName: 'strayline-bench', connectionsMax: 1 },
    })
    const worker = startProcess('notify/main.ts', {
      WORKER_DATABASE_URL: urls.ownerUrl,
      STRAYLINE_DATA_DIR: dataDir,
      STRAYLINE_SECRETS_KEY: KEY_BYTES.toString('base64'),
      STRAYLINE_LOG_LEVEL: 'warn',
    })
    try {
      await worker.ready
      return await measure({ sql, web }, receiver)
    } catch (error) {
      console.error(`the worker wrote: ${worker.output().slice(-2_000)}`)
      throw error
    } finally {
      await worker.end('SIGTERM')
      await Promise.all([sql.end(), web.end()])
      receiver.stop()
    }
  }),
)

type Receiver = {
  readonly url: string
  /** When each alert came (monotonic ms), by the target of its edge. */
  readonly atMs: ReadonlyMap<string, number>
  readonly stop: () => void
}

async function measure({ sql, web }: { readonly sql: Sql; readonly web: Sql }, receiver: Receiver) {
  const committer = createCommitter(sql)
  let offset = 0n
  const commit = async (target: string) => {
    const delta = deltaOf([call('web', target, { atMs: Date.now() })])
    const position = { journalId: 'bench', offset: ++offset }
    await commitDelta(committer, { delta, position, counters: {}, nowMs: Date.now() })
  }
  await commit('cart')
  await prepare(web, receiver.url)
  const committedMs = new Map<string, number>()
  const alerts = WARM_ALERTS + Math.round(seconds * ALERTS_PER_SECOND)
  const startMs = performance.now()
  for (let i = 0; i < alerts; i++) {
    await commit(`stranger-${i}`)
    committedMs.set(`stranger-${i}`, performance.now())
    const waitMs = startMs + ((i + 1) * 1000) / ALERTS_PER_SECOND - performance.now()
    if (waitMs > 0) await sleep(waitMs)
  }
  const all = () => (receiver.atMs.size >= alerts ? true : undefined)
  await waitFor(`${alerts} alerts`, all, ARRIVE_MS_MAX)
  const tookMs = [...committedMs]
    .slice(WARM_ALERTS)
    .map(([target, atMs]) => receiver.atMs.get(target)! - atMs)
  return { p50Ms: Math.round(quantile(tookMs, 0.5)), p99Ms: Math.round(quantile(tookMs, 0.99)) }
}

/** What has been seen is the baseline; everything else goes to the receiver. */
async function prepare(web: Sql, url: string): Promise<void> {
  const window = { fromMs: Date.now() - HOUR_MS, toMs: Date.now() + HOUR_MS }
  await approveBaseline(web, { environment: 'prod', ...window, author: 'bench', reason: 'bench' })
  const given = { name: 'bench', isEnabled: true, actor: 'bench' }
  const settings = ChannelSettings.parse({ kind: 'webhook', url, allowsPrivate: true })
  const channel = { ...given, settings, secrets: {} }
  const { id: channelId } = await createChannel(web, makeSecretsKey(KEY_BYTES), channel)
  await createRoute(web, { ...given, channelId, settings: RouteSettings.parse({ match: {} }) })
}

async function startReceiver(): Promise<Receiver> {
  const atMs = new Map<string, number>()
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    const nowMs = performance.now()
    response.end()
    const { alert } = JSON.parse(Buffer.concat(chunks).toString('utf8'))
    // Of the day's budget is told, too.
    if (alert === undefined) return
    if (atMs.has(alert.target.name)) throw new Error(`${alert.target.name} came twice`)
    atMs.set(alert.target.name, nowMs)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return { url: `http://127.0.0.1:${port}`, atMs, stop: () => server.close() }
}
